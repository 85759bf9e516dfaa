package dev.signalbox.ping.ledger;

import java.util.List;

/**
 * The addresses a task stands for: index {@code i} is {@code i/256 . i%256 .0.0/16}. Tasks added
 * beyond 65535 stand for none.
 *
 * @param index the task's index, from 0
 */
record Block(int index) {

  /** Length of a block's prefix. */
  static final int BITS = 16;

  /** Blocks of IPv4. */
  static final int COUNT = 1 << BITS;

  boolean exists() {
    return index < COUNT;
  }

  /** The block in CIDR notation; empty when there is none. */
  String network() {
    return exists() ? (index >> 8) + "." + (index & 255) + ".0.0/16" : "";
  }

  /** Networks inside that must not be pinged. */
  List<String> exclude(boolean includeSpecialPurpose) {
    return includeSpecialPurpose ? List.of() : SpecialPurposeBlocks.inside(index);
  }

  /** The block an address lies in. */
  static Block at(long address) {
    return new Block((int) (address >> 16));
  }

  /** Whether a census may have this block. */
  boolean eligible(boolean includeSpecialPurpose) {
    return includeSpecialPurpose || !SpecialPurposeBlocks.covers(index);
  }

  /**
   * Place in the scattered order: the index with its bits reversed. Any run of places then lies
   * evenly over the whole space, so that neither the tasks of one lease nor those of many leases at
   * one time meet in one network.
   */
  int spread() {
    return Integer.reverse(index) >>> 16;
  }
}
