package dev.signalbox.contracts.ping;

/** What became of a new round. */
public sealed interface StartRoundReply {

  /** It is the current one. */
  record Started(Round round) implements StartRoundReply {}

  /**
   * Another round is current than the one that was to end.
   *
   * @param current its number
   */
  record NotCurrent(int current) implements StartRoundReply {}
}
