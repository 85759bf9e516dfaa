package dev.signalbox.dns.task;

/** Which tasks are answered from the cache when they do not say. */
public enum CacheDefault {
  /** None. */
  OFF,
  /** Those that name no resolver: who names one wants its answer now, as with dig. */
  DEFAULT_RESOLVERS,
  /** All. */
  ON;

  /** Whether a task is meant that names resolvers, or one that does not. */
  boolean holds(boolean namesResolvers) {
    return switch (this) {
      case OFF -> false;
      case DEFAULT_RESOLVERS -> !namesResolvers;
      case ON -> true;
    };
  }
}
