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
    return states().values().stream().allMatch("ready"::equals) && problems().isEmpty();
  }

  /** Fields of an answer about it: {@code status}, {@code services} and {@code problems}. */
  default Map<String, Object> report() {
    return Map.of(
        "status", ready() ? "ready" : "not ready", "services", states(), "problems", problems());
  }
}
