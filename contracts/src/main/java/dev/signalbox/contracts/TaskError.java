package dev.signalbox.contracts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a task could not be answered.
 *
 * @param code stable, upper case: {@code TIMEOUT, DNS, CONNECT, TLS, PROTOCOL, BLOCKED_TARGET,
 *     TOO_MANY_REDIRECTS, BODY_TOO_LARGE, BAD_TASK} or a service's own
 * @param message one sentence; the classic face shows it word for word
 * @param phase where it failed ({@code dns, connect, tls, first_byte, download, query}), if it got
 *     that far
 * @param source whose fault: {@code target, resolver} or {@code internal}; null when the task
 *     itself is wrong. The classic face calls failures with a source {@code error} and those
 *     without {@code message}.
 * @param retryable whether the same task may succeed later
 * @param details what was known by then, in the names of the task's result; null when nothing was
 */
public record TaskError(
    String code,
    String message,
    @Nullable String phase,
    @Nullable String source,
    boolean retryable,
    @Nullable Map<String, @Nullable Object> details) {

  /** The code of a task whose parameters are wrong. */
  public static final String BAD_TASK = "BAD_TASK";

  /** An error before anything was known. */
  public TaskError(
      String code,
      String message,
      @Nullable String phase,
      @Nullable String source,
      boolean retryable) {
    this(code, message, phase, source, retryable, null);
  }

  /** The same with what was known by then. */
  public TaskError withDetails(Map<String, @Nullable Object> known) {
    return new TaskError(code, message, phase, source, retryable, known);
  }

  /**
   * A task whose parameters are wrong or whose wish is refused; the message names field and rule.
   */
  public static TaskError badTask(String message) {
    return new TaskError(BAD_TASK, message, null, null, false);
  }
}
