package dev.signalbox.platform.service;

import java.util.List;
import java.util.Map;

/** Whether a process is alive and ready. */
@FunctionalInterface
public interface Health {

  /** State of each service in the process: {@code starting, ready, draining} or {@code stopped}. */
  Map<String, String> states();

  /** What keeps the process from its work although its services are ready; empty when nothing. */
  default List<String> problems() {
    return List.of();
  }

  /** Whether every service in the process takes work, and can do it. */
  default boolean ready() {
    return report().ready();
  }

  /** One look at it all. */
  default Report report() {
    return new Report(states(), problems());
  }

  /**
   * The answer about it.
   *
   * @param status {@code ready} or {@code not ready}
   * @param services as {@link #states()}
   * @param problems as {@link #problems()}
   */
  record Report(String status, Map<String, String> services, List<String> problems) {

    private static final String READY = "ready";

    Report(Map<String, String> services, List<String> problems) {
      this(
          problems.isEmpty() && services.values().stream().allMatch(READY::equals)
              ? READY
              : "not ready",
          services,
          problems);
    }

    /** Whether the status is {@code ready}. */
    public boolean ready() {
      return status.equals(READY);
    }
  }
}
