package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;

/** How many addresses of each block answered. */
public sealed interface SummariseRoundReply {

  /** The block has no result. */
  int NONE = -1;

  /**
   * There is such a round.
   *
   * @param round its number
   * @param version changes whenever what the round shows does
   * @param newestEpochMs when the newest result came, milliseconds since 1970-01-01 UTC; when the
   *     round began if there is none
   * @param answered four bytes for each of 65,536 blocks, the most significant first: how many
   *     answered, without opted-out addresses; {@link #NONE} without a result
   */
  record Summary(int round, String version, long newestEpochMs, Binary answered)
      implements SummariseRoundReply {}

  /** There is no such round. */
  record Unknown() implements SummariseRoundReply {}
}
