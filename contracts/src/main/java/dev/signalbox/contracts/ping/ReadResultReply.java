package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;
import org.jspecify.annotations.Nullable;

/** A result, if there is one. */
public sealed interface ReadResultReply {

  /**
   * It is there.
   *
   * @param bitmap 8,192 bytes, bit 7 of byte 0 for address {@code ….0.0}
   * @param rtt 65,536 round-trip-time codes; null unless the worker sent them
   */
  record Stored(Binary bitmap, @Nullable Binary rtt) implements ReadResultReply {}

  /** The task is unknown or not done. */
  record Missing() implements ReadResultReply {}
}
