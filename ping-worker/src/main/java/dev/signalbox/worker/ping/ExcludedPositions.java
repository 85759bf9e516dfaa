package dev.signalbox.worker.ping;

import dev.signalbox.contracts.net.Cidr;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Networks that are left out of a block, as the positions of their addresses in it. */
public final class ExcludedPositions {

  /** A block with more networks to be left out than that loses all /24s that they are in. */
  static final int MOST_NETWORKS = 4_096;

  private static final int WIDENED = 256;

  private ExcludedPositions() {}

  /**
   * The positions of networks; what lies outside the block is none.
   *
   * @param block first address of a /16, as 32 bits
   * @param networks in CIDR notation
   * @throws IllegalArgumentException when one is no network
   */
  public static BitSet of(int block, List<String> networks) {
    BitSet positions = new BitSet(PingTask.SIZE);
    for (String text : networks) {
      Cidr out = Cidr.parseV4(text);
      if (out.bits() <= 16) {
        if (out.containsV4(block)) {
          positions.set(0, PingTask.SIZE);
        }
      } else if ((out.firstV4() & 0xffff0000) == block) {
        int first = out.firstV4() & 0xffff;
        positions.set(first, first + (1 << (32 - out.bits())));
      }
    }
    return positions;
  }

  /**
   * Widens positions, when they make more than {@link #MOST_NETWORKS}, to those of whole /24s: too
   * leaving out too much is harmless.
   *
   * @param positions may be changed
   * @return the fewest networks that have exactly these positions, in ascending order
   */
  static List<String> normalise(int block, BitSet positions) {
    List<String> networks = networks(block, positions);
    if (networks.size() <= MOST_NETWORKS) {
      return networks;
    }
    for (int at = positions.nextSetBit(0); at >= 0; at = positions.nextSetBit(at + WIDENED)) {
      at -= at % WIDENED;
      positions.set(at, at + WIDENED);
    }
    return networks(block, positions);
  }

  private static List<String> networks(int block, BitSet positions) {
    List<String> networks = new ArrayList<>();
    for (int first = positions.nextSetBit(0); first >= 0; first = positions.nextSetBit(first)) {
      int end = positions.nextClearBit(first);
      while (first < end) {
        int aligned = first == 0 ? PingTask.SIZE : Integer.lowestOneBit(first);
        int size = Math.min(aligned, Integer.highestOneBit(end - first));
        int prefix = 32 - Integer.numberOfTrailingZeros(size);
        networks.add(Cidr.ofV4(block | first, prefix).toString());
        first += size;
      }
    }
    return List.copyOf(networks);
  }
}
