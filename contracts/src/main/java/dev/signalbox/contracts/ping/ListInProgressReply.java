package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;
import java.util.BitSet;

/**
 * Which tasks are in progress.
 *
 * @param bits bit {@code i % 8} of byte {@code i / 8} is 1 when the task of index i is in progress;
 *     ends after the last such byte
 */
public record ListInProgressReply(Binary bits) {

  /** The reply that says so of these indices. */
  public static ListInProgressReply of(BitSet indices) {
    return new ListInProgressReply(new Binary(indices.toByteArray()));
  }

  /** The indices. */
  public BitSet indices() {
    return BitSet.valueOf(bits.bytes());
  }
}
