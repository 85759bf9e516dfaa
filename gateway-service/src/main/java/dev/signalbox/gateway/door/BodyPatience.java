package dev.signalbox.gateway.door;

import java.time.Duration;

/** How long a client may keep us waiting for its body. */
@FunctionalInterface
interface BodyPatience {

  /**
   * Whether it has come to its end.
   *
   * @param allNanos waited in all, for this read and those before
   * @param nowNanos waited for this read
   * @param received bytes so far
   */
  boolean over(long allNanos, long nowNanos, long received);

  /** A fixed allowance in all, and beyond it what the bytes need at the slowest pace allowed. */
  static BodyPatience of(Duration allowance, int bytesPerSecond) {
    long nanos = allowance.toNanos();
    double nanosPerByte = 1e9 / bytesPerSecond;
    return (all, _, received) -> all > nanos + received * nanosPerByte;
  }

  /** Any pace, with pauses of a length. */
  static BodyPatience withPauses(Duration pause) {
    long nanos = pause.toNanos();
    return (_, now, _) -> now > nanos;
  }
}
