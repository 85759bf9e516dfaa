package dev.signalbox.platform.config;

import java.util.List;
import java.util.stream.Collectors;

/** Everything wrong with a configuration, at once. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  /** At least one problem. */
  public ConfigException(List<ConfigProblem> problems) {
    super(
        problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")),
        null,
        false,
        false);
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order found. */
  public List<ConfigProblem> problems() {
    return problems;
  }
}
