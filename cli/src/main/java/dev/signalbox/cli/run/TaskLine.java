package dev.signalbox.cli.run;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.RequestObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A line of the file of tasks, as {@code POST /api/v1/tasks/stream} takes them. */
sealed interface TaskLine {

  /** Longest line, bytes. */
  int LONGEST = 1 << 20;

  /** Longest task name and id. */
  int LONGEST_NAME = 200;

  /** Longest time a task may be given. */
  long LONGEST_TIMEOUT_MS = 3_600_000;

  /**
   * A task.
   *
   * @param id its name in the answers; null when it has none
   * @param timeoutMs how long it may take; 0 for the usual
   */
  record Good(
      @Nullable String id, String taskName, Map<String, @Nullable Object> params, long timeoutMs)
      implements TaskLine {}

  /** A line that is none; the problem names its number. */
  record Bad(String problem) implements TaskLine {}

  /** Reads a line. */
  static TaskLine parse(LineReader.Line line) {
    if (line.tooLong()) {
      return bad(line, "longer than " + LONGEST + " bytes");
    }
    try {
      RequestObject task = RequestObject.parse(line.bytes().bytes());
      Good good =
          new Good(
              task.optionalLine("id", LONGEST_NAME),
              task.line("task_name", LONGEST_NAME),
              task.map("params"),
              task.integer("timeout_ms", 0, 1, LONGEST_TIMEOUT_MS));
      task.end();
      return good;
    } catch (JsonInputException | ServiceException e) {
      return bad(line, String.valueOf(e.getMessage()));
    }
  }

  private static Bad bad(LineReader.Line line, String problem) {
    return new Bad("Line " + line.number() + ": " + problem);
  }
}
