package dev.signalbox.platform.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Why a text is not YAML, in words that repeat none of its lines: one may hold a password. */
public final class YamlProblem {

  private YamlProblem() {}

  /** The rule that the text breaks, with line and column. */
  public static String of(JsonProcessingException broken) {
    for (Throwable cause = broken; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        return "%s in line %d, column %d"
            .formatted(
                // The one problem of the parser that repeats what it read.
                marked.getProblem().replaceFirst("(?s)(?<=tag handle) .*", ""),
                marked.getProblemMark().getLine() + 1,
                marked.getProblemMark().getColumn() + 1);
      }
    }
    return broken.getOriginalMessage();
  }
}
