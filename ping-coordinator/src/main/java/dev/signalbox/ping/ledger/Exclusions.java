package dev.signalbox.ping.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is not pinged, and not shown of earlier results: sorted ranges that do not meet. */
final class Exclusions {

  private final boolean includeSpecialPurpose;
  private final List<AddressRange> optOuts;

  private Exclusions(boolean includeSpecialPurpose, List<AddressRange> optOuts) {
    this.includeSpecialPurpose = includeSpecialPurpose;
    this.optOuts = optOuts;
  }

  /** Collects ranges in any order. */
  static final class Builder {

    private final boolean includeSpecialPurpose;
    private final List<AddressRange> ranges = new ArrayList<>();

    private Builder(boolean includeSpecialPurpose) {
      this.includeSpecialPurpose = includeSpecialPurpose;
    }

    void leaveOut(AddressRange range) {
      ranges.add(range);
    }

    Exclusions build() {
      ranges.sort(Comparator.comparingLong(AddressRange::first));
      List<AddressRange> merged = new ArrayList<>();
      for (AddressRange range : ranges) {
        AddressRange last = merged.isEmpty() ? null : merged.getLast();
        if (last != null && range.first() <= last.last() + 1) {
          merged.removeLast();
          merged.add(new AddressRange(last.first(), Math.max(last.last(), range.last())));
        } else {
          merged.add(range);
        }
      }
      return new Exclusions(includeSpecialPurpose, List.copyOf(merged));
    }
  }

  static Builder builder(boolean includeSpecialPurpose) {
    return new Builder(includeSpecialPurpose);
  }

  static Exclusions of(boolean includeSpecialPurpose) {
    return builder(includeSpecialPurpose).build();
  }

  /** Whether opt-outs leave nothing of a range. */
  boolean cover(AddressRange range) {
    return meeting(range).stream().anyMatch(optOut -> optOut.contains(range));
  }

  /** Whether opt-outs leave out anything of a block. */
  boolean optOutsMeet(Block block) {
    return !optOuts.isEmpty() && !meeting(AddressRange.of(block)).isEmpty();
  }

  /** Networks inside a block that must not be pinged. */
  List<String> networks(Block block) {
    List<AddressRange> ranges = meeting(AddressRange.of(block));
    List<String> special = block.exclude(includeSpecialPurpose);
    if (ranges.isEmpty()) {
      return special;
    }
    List<String> networks = new ArrayList<>(special);
    for (AddressRange range : ranges) {
      prefixes(range, networks);
    }
    return networks;
  }

  /** The ranges that opt-outs leave out and that meet a range, whole. */
  List<AddressRange> around(AddressRange range) {
    int from = firstNotBefore(range.first());
    int to = from;
    while (to < optOuts.size() && optOuts.get(to).first() <= range.last()) {
      to++;
    }
    return optOuts.subList(from, to);
  }

  /** How many addresses of a result count as having answered. */
  int answered(Block block, PackedResult packed) {
    return optOutsMeet(block) ? mask(block, packed.unpack()).answered() : packed.answered();
  }

  /** How many addresses of a block are pinged. */
  int pinged(Block block) {
    return pinged(AddressRange.of(block));
  }

  /** How many addresses of a range within one block are pinged. */
  int pinged(AddressRange range) {
    long pinged = range.size();
    for (AddressRange leftOut : ranges(Block.at(range.first()))) {
      long first = Math.max(leftOut.first(), range.first());
      long last = Math.min(leftOut.last(), range.last());
      pinged -= Math.max(0, last - first + 1);
    }
    return Math.toIntExact(pinged);
  }

  /** A result without what is left out now; the same one when that is nothing. */
  CensusResult mask(Block block, CensusResult result) {
    List<AddressRange> ranges = meeting(AddressRange.of(block));
    if (ranges.isEmpty()) {
      return result;
    }
    byte[] bitmap = result.bitmap().clone();
    byte[] rtt = result.rtt() == null ? null : result.rtt().clone();
    for (AddressRange range : ranges) {
      for (long address = range.first(); address <= range.last(); address++) {
        int place = (int) address & 0xffff;
        bitmap[place >> 3] &= (byte) ~(0x80 >> (place & 7));
        if (rtt != null) {
          rtt[place] = 0;
        }
      }
    }
    return CensusResult.of(bitmap, rtt);
  }

  /** All that is left out of a block, special-purpose networks too; none of it twice. */
  private List<AddressRange> ranges(Block block) {
    Builder all = builder(includeSpecialPurpose);
    meeting(AddressRange.of(block)).forEach(all::leaveOut);
    for (String network : block.exclude(includeSpecialPurpose)) {
      all.leaveOut(AddressRange.parse(network).orElseThrow());
    }
    return all.build().optOuts;
  }

  /** The parts of opt-outs that lie within a range. */
  private List<AddressRange> meeting(AddressRange range) {
    List<AddressRange> parts = new ArrayList<>();
    for (int i = firstNotBefore(range.first()); i < optOuts.size(); i++) {
      AddressRange optOut = optOuts.get(i);
      if (optOut.first() > range.last()) {
        break;
      }
      parts.add(
          new AddressRange(
              Math.max(optOut.first(), range.first()), Math.min(optOut.last(), range.last())));
    }
    return parts;
  }

  /** The first opt-out that ends at an address or after it. */
  private int firstNotBefore(long address) {
    int low = 0;
    int high = optOuts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (optOuts.get(middle).last() < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The fewest prefixes that make up a range. */
  private static void prefixes(AddressRange range, List<String> networks) {
    long address = range.first();
    while (address <= range.last()) {
      long size = address == 0 ? 1L << 32 : Long.lowestOneBit(address);
      while (address + size - 1 > range.last()) {
        size >>= 1;
      }
      networks.add(new AddressRange(address, address + size - 1).network());
      address += size;
    }
  }
}
