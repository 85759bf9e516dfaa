package dev.signalbox.contracts;

import java.util.Locale;

/**
 * From which weight on a log has lines, the fewest first. There is no {@code TRACE}: libraries
 * write parts of requests there, and so secrets.
 */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG;

  /** Its name for people, such as {@code debug}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
