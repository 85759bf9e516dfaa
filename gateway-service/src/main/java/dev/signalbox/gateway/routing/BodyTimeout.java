package dev.signalbox.gateway.routing;

import java.time.Duration;

/** How long a client may keep us waiting for its body. */
@FunctionalInterface
public interface BodyTimeout {

  /**
   * Whether the time is over.
   *
   * @param allNanos waited in all, for this read and those before
   * @param nowNanos waited for this read
   * @param received bytes so far
   */
  boolean isOver(long allNanos, long nowNanos, long received);

  /** A fixed allowance in all, and beyond it what the bytes need at the slowest pace allowed. */
  static BodyTimeout atRate(Duration allowance, int bytesPerSecond) {
    long nanos = allowance.toNanos();
    double nanosPerByte = 1e9 / bytesPerSecond;
    return (all, _, received) -> all > nanos + received * nanosPerByte;
  }

  /** Any pace, with pauses of a length. */
  static BodyTimeout withPauses(Duration pause) {
    long nanos = pause.toNanos();
    return (_, now, _) -> now > nanos;
  }
}
