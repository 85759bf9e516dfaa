package dev.signalbox.worker.site;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call that the site did not do. The message is what the site says, or what happened on the way.
 */
public final class SiteException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** {@link #status} when there was no answer. */
  public static final int NO_ANSWER = 0;

  /** {@link #code} when a lease has ended or is unknown. */
  public static final String LEASE_LOST = "LEASE_LOST";

  /** {@link #code} of our own, when the site leases addresses that are not of the Internet. */
  public static final String NOT_INTERNET = "NOT_INTERNET";

  /** Control characters of both blocks, and those that turn or break lines. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

  private static final int MAX_TEXT = 300;

  private final int status;
  private final String detail;
  private final String code;
  private final @Nullable Duration retryAfter;

  SiteException(int status, String code, String message, @Nullable Duration retryAfter) {
    super(printable(message), null, false, false);
    this.status = status;
    this.detail = printable(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** Keeps text of others from playing with the terminal. */
  private static String printable(String text) {
    String line = UNPRINTABLE.matcher(text).replaceAll(" ");
    return line.length() <= MAX_TEXT ? line : line.substring(0, MAX_TEXT) + "…";
  }

  /** HTTP status, or {@link #NO_ANSWER}. */
  public int status() {
    return status;
  }

  /** What the site says, or what happened on the way: the message. */
  public String detail() {
    return detail;
  }

  /** The error's code, such as {@code NO_TASKS_AVAILABLE}; empty when there was none. */
  public String code() {
    return code;
  }

  /** How long to wait before the next attempt; null when the site did not say. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /**
   * Whether the same call may succeed later. An answer without a code is none of the site's own: a
   * proxy's, or that of a network that wants a login first.
   */
  public boolean isTemporary() {
    return status == NO_ANSWER
        || code.isEmpty()
        || status >= 500
        || status == 429
        || status == 408
        || code.equals("NO_TASKS_AVAILABLE");
  }
}
