package io.netty.util.concurrent;

/** Sees the timers of an event loop, which Netty shows to its own package alone. */
public final class ScheduledTasks {

  private ScheduledTasks() {}

  /** Timers that have neither run nor been cancelled; to be called on the event loop. */
  public static int pending(EventExecutor loop) {
    return ((AbstractScheduledEventExecutor) loop).scheduledTaskQueue().size();
  }
}
