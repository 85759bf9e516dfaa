package dev.signalbox.sweep;

import java.util.List;

/**
 * The names of a block.
 *
 * @param block the block, as in the request
 * @param names the addresses that have a name, in their order
 * @param unanswered how many addresses got no response from a resolver in time
 * @param skipped how many addresses were not queried, because the time of the sweep was short
 */
public record SweepReply(String block, List<Name> names, int unanswered, int skipped) {

  public SweepReply {
    names = List.copyOf(names);
  }

  /**
   * An address with its name.
   *
   * @param address such as {@code 192.0.2.1}
   * @param name with a final dot
   */
  public record Name(String address, String name) {}
}
