package dev.signalbox.platform.config;

/**
 * One setting that cannot be used.
 *
 * @param key full key, such as {@code dns.timeout}
 * @param message the rule it breaks
 */
public record ConfigProblem(String key, String message) {

  @Override
  public String toString() {
    return key + ": " + message;
  }
}
