package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.contracts.net.SpecialPurpose;
import java.util.BitSet;
import java.util.List;

/**
 * What a census of the Internet leaves out of its tasks: whole /16s, and networks inside /16s that
 * are otherwise live.
 */
final class SpecialPurposeBlocks {

  private static final BitSet WHOLE = new BitSet(Block.COUNT);

  static {
    for (Cidr network : SpecialPurpose.notGloballyReachableV4()) {
      if (network.bits() <= Block.BITS) {
        int first = network.firstV4() >>> (32 - Block.BITS);
        WHOLE.set(first, first + (1 << (Block.BITS - network.bits())));
      }
    }
  }

  private static final List<Cidr> PARTS =
      SpecialPurpose.notGloballyReachableV4().stream()
          .filter(network -> network.bits() > Block.BITS)
          .toList();

  private SpecialPurposeBlocks() {}

  /** Whether the whole /16 is special-purpose. */
  static boolean covers(int index) {
    return WHOLE.get(index);
  }

  /** Whether a range within one block is special-purpose. */
  static boolean covers(AddressRange range) {
    return covers(Block.at(range.first()).index())
        || PARTS.stream().anyMatch(network -> AddressRange.of(network).contains(range));
  }

  /** Special-purpose networks inside a /16 that is otherwise live. */
  static List<String> inside(int index) {
    return PARTS.stream()
        .filter(network -> network.firstV4() >>> (32 - Block.BITS) == index)
        .map(Cidr::toString)
        .toList();
  }
}
