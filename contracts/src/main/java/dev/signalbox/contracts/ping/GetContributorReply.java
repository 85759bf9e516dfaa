package dev.signalbox.contracts.ping;

import java.util.List;

/** A contributor, if there is one to be shown. */
public sealed interface GetContributorReply {

  /**
   * There is.
   *
   * @param contributor who
   * @param comparisons the newest at most 100 comparisons that the standing rests on
   */
  record Found(Contributor contributor, List<Comparison> comparisons)
      implements GetContributorReply {}

  /** There is none, or one who is not on the leaderboard and whose key was not given. */
  record Unknown() implements GetContributorReply {}

  /**
   * A result that was compared with what others found.
   *
   * @param round the round
   * @param taskIndex the task
   * @param agreed whether it was confirmed
   * @param differing addresses that one found and the other did not
   * @param answering addresses that either found
   * @param comparedAtEpochMs milliseconds since 1970-01-01 UTC
   */
  record Comparison(
      int round,
      int taskIndex,
      boolean agreed,
      int differing,
      int answering,
      long comparedAtEpochMs) {}
}
