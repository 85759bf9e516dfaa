package dev.signalbox.worker.ping;

import dev.signalbox.contracts.ping.RttCode;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
    this.exclude = List.copyOf(exclude);
    this.excluded.or(ExcludedPositions.of(network, this.exclude));
    this.toAnswer = PingTask.SIZE - excluded.cardinality();
    for (byte rtt : rtts) {
      if (rtt != RttCode.NONE) {
        answered.incrementAndGet();
      }
    }
  }

  /**
   * Leaves more networks out, and what was found in them.
   *
   * @return whether any of them is new
   */
  boolean exclude(List<String> networks) {
    Set<String> all = new LinkedHashSet<>(exclude);
    if (!all.addAll(networks)) {
      return false;
    }
    exclude = List.copyOf(all);
    excluded.or(ExcludedPositions.of(network, networks));
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

  /** Counts a reply; one that has come before counts no more. */
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

  /** Whether everybody has answered. */
  boolean isFull() {
    return answered.get() >= toAnswer;
  }

  /** A code for each address. */
  byte[] codes() {
    return rtts.clone();
  }
}
