package dev.signalbox.platform.service;

import java.util.Map;

/** Whether a process is alive and ready. */
public interface Health {

  /** State of each service in the process: {@code starting, ready, draining} or {@code stopped}. */
  Map<String, String> states();

  /** Whether every service in the process takes work. */
  default boolean ready() {
    return states().values().stream().allMatch("ready"::equals);
  }
}
