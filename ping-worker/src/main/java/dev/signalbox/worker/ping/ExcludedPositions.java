package dev.signalbox.worker.ping;

import java.util.BitSet;
import java.util.List;

/** Networks that are left out of a block, as the positions of their addresses in it. */
public final class ExcludedPositions {

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
      Network out = Network.parse(text);
      if (out.prefix() <= 16) {
        if (out.contains(block)) {
          positions.set(0, PingTask.SIZE);
        }
      } else if ((out.first() & 0xffff0000) == block) {
        int first = out.first() & 0xffff;
        positions.set(first, first + (1 << (32 - out.prefix())));
      }
    }
    return positions;
  }
}
