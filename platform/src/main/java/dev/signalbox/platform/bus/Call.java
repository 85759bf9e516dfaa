package dev.signalbox.platform.bus;

import dev.signalbox.platform.trace.TraceContext;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What goes with a request through every service it reaches.
 *
 * @param requestId names the client's request in every log; 1 to 128 characters {@code
 *     [A-Za-z0-9._-]}
 * @param deadlineNanos when the caller stops waiting, in terms of {@link System#nanoTime()}
 * @param trace what its work is part of, to be passed on; null when not traced
 * @param cancellation tells when the answer is no longer wanted
 */
public record Call(
    String requestId, long deadlineNanos, @Nullable TraceContext trace, Cancellation cancellation) {

  /** A call of its own, with a fresh request id. */
  public static Call within(Duration timeout) {
    return of(newRequestId(), timeout);
  }

  /** A call on behalf of a request. */
  public static Call of(String requestId, Duration timeout) {
    return new Call(requestId, System.nanoTime() + timeout.toNanos(), null, Cancellation.NEVER);
  }

  /** The same call with less time, if {@code timeout} ends before its deadline. */
  public Call atMost(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    return end - deadlineNanos < 0 ? until(end) : this;
  }

  /** The same call with another deadline, in terms of {@link System#nanoTime()}. */
  private Call until(long otherDeadlineNanos) {
    return new Call(requestId, otherDeadlineNanos, trace, cancellation);
  }

  /** The same call, which may be cancelled. */
  public Call with(Cancellation other) {
    return new Call(requestId, deadlineNanos, trace, other);
  }

  /** The same call as part of a trace; the same as it is when there is none. */
  public Call traced(@Nullable TraceContext other) {
    return other == null ? this : new Call(requestId, deadlineNanos, other, cancellation);
  }

  /** What names it in a log: the request id, and the trace's id behind it when there is one. */
  public String label() {
    return TraceContext.label(requestId, trace);
  }

  /** Time left; never negative. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  /** Time left in whole milliseconds; never negative. */
  public long remainingMillis() {
    return Math.max(0, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }

  /** Whether the caller has stopped waiting. */
  public boolean expired() {
    return deadlineNanos - System.nanoTime() <= 0;
  }

  /** Sixteen random hex digits; ids only need to differ, not to be secret. */
  public static String newRequestId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }
}
