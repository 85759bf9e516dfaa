package dev.signalbox.contracts;

import java.util.Locale;

/** From which weight on a log has lines, the fewest first. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  /** Its name for people, such as {@code debug}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
