package dev.signalbox.contracts.ping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an address or network.
 *
 * @param network in CIDR notation
 * @param name what the special-purpose network is for that it lies in, else who administers or
 *     holds its /8
 * @param tasks how many tasks of the census it lies in or is made of; 0 when it is left out
 * @param done how many of them are done in the current round
 * @param task where its one task stands; null when it has none or several
 * @param exclusion why it is left out, wholly; null when it is not
 * @param rounds what each round found, the newest first
 */
public record LookUpReply(
    String network,
    String name,
    int tasks,
    int done,
    @Nullable TaskState task,
    @Nullable String exclusion,
    List<Finding> rounds) {

  /**
   * Where a task stands.
   *
   * @param status its status
   * @param share part of it its worker says is done, 0 to 1; null when it has not said
   * @param contributor name of the one that holds or did it; null when unknown or not on the
   *     leaderboard
   * @param updatedAtEpochMs last change of status, milliseconds since 1970-01-01 UTC
   */
  public record TaskState(
      TaskStatus status,
      @Nullable Double share,
      @Nullable String contributor,
      long updatedAtEpochMs) {}

  /**
   * What a round found.
   *
   * @param round the round
   * @param pingedAtEpochMs when the newest result came, milliseconds since 1970-01-01 UTC
   * @param pinged addresses of the network that were pinged, without what is left out now
   * @param answered how many of them answered
   * @param rtt the code of the round-trip time ({@link RttCode}) of a single address, or of the
   *     median of those that answered in up to one block; 0 when unknown, and of larger networks
   * @param contributors how many found the same: 1, and one more for each confirmation; of several
   *     tasks the fewest
   */
  public record Finding(
      int round, long pingedAtEpochMs, long pinged, long answered, int rtt, int contributors) {}
}
