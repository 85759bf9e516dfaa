package dev.signalbox.platform.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a configuration record in its compact constructor. */
public final class ConfigProblems {

  private final String prefix;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private ConfigProblems(String prefix) {
    this.prefix = prefix;
  }

  /** For the record under a prefix, such as {@code dns}. */
  public static ConfigProblems of(String prefix) {
    return new ConfigProblems(prefix);
  }

  /** A number within bounds, both allowed. */
  public ConfigProblems range(String key, long value, long min, long max) {
    return check(
        value >= min && value <= max,
        key,
        "must be between " + min + " and " + max + ", not " + value);
  }

  /** A duration above zero. */
  public ConfigProblems positive(String key, Duration value) {
    return check(!value.isZero() && !value.isNegative(), key, "must be longer than 0");
  }

  /** A rule of any kind. */
  public ConfigProblems check(boolean holds, String key, String rule) {
    if (!holds) {
      problems.add(new ConfigProblem(prefix + "." + key, rule));
    }
    return this;
  }

  /**
   * Ends the check.
   *
   * @throws ConfigException when any rule was broken
   */
  public void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
  }
}
