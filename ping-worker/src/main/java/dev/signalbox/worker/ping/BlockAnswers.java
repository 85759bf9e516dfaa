package dev.signalbox.worker.ping;

import dev.signalbox.contracts.ping.RttCode;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who has answered in a block, and what is left out of it. The engine's thread changes it; others
 * may read it.
 */
final class BlockAnswers {

  private final int network;
  private final byte[] rtts;
  private final BitSet excluded = new BitSet(PingTask.SIZE);
  private final AtomicInteger answered = new AtomicInteger();
  private int toAnswer;
  private volatile List<String> exclude;

  /**
   * @param network first address of the block
   * @param exclude networks that are left out
   * @param rtts a code for each address, 0 for none so far
   */
  BlockAnswers(int network, List<String> exclude, byte[] rtts) {
    this.network = network;
    this.rtts = rtts;
    this.excluded.or(ExcludedPositions.of(network, exclude));
    this.exclude = ExcludedPositions.normalise(network, excluded);
    this.toAnswer = PingTask.SIZE - excluded.cardinality();
    for (byte rtt : rtts) {
      if (rtt != RttCode.NONE) {
        answered.incrementAndGet();
      }
    }
  }

  /**
   * Leaves networks out, and what was found in them. What was left out before stays so to the end
   * of the lease, even when it is lifted: half of it may have had its turn already, and would be
   * taken for silent without having been pinged.
   *
   * @return whether any of them is new
   */
  boolean exclude(List<String> networks) {
    BitSet more = ExcludedPositions.of(network, networks);
    more.andNot(excluded);
    if (more.isEmpty()) {
      return false;
    }
    excluded.or(more);
    exclude = ExcludedPositions.normalise(network, excluded);
    toAnswer = PingTask.SIZE - excluded.cardinality();
    for (int at = excluded.nextSetBit(0); at >= 0; at = excluded.nextSetBit(at + 1)) {
      if (rtts[at] != RttCode.NONE) {
        rtts[at] = RttCode.NONE;
        answered.decrementAndGet();
      }
    }
    return true;
  }

  List<String> excluded() {
    return exclude;
  }

  boolean isExcluded(int position) {
    return excluded.get(position);
  }

  /** Whether a position is to be pinged: it is not left out and has not answered. */
  boolean isOpen(int position) {
    return !excluded.get(position) && rtts[position] == RttCode.NONE;
  }

  /** Counts a reply; duplicates do not count. */
  boolean onReply(int position, long roundTripNanos) {
    if (!isOpen(position)) {
      return false;
    }
    rtts[position] = (byte) RttCode.of(Math.max(1, roundTripNanos));
    answered.incrementAndGet();
    return true;
  }

  int count() {
    return answered.get();
  }

  /** Whether all addresses have answered. */
  boolean isFull() {
    return answered.get() >= toAnswer;
  }

  /** A code for each address. */
  byte[] codes() {
    return rtts.clone();
  }
}
