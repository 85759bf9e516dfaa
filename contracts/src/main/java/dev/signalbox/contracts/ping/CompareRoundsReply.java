package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * What changed between two rounds.
 *
 * @param blocks those with a result in both rounds, in the order of their indices
 */
public record CompareRoundsReply(List<Block> blocks) {

  /**
   * What changed within a block.
   *
   * @param taskIndex the block
   * @param appeared addresses that answered in the later round alone
   * @param vanished addresses that answered in the earlier round alone
   * @param stayed addresses that answered in both
   */
  public record Block(int taskIndex, int appeared, int vanished, int stayed) {}
}
