package dev.signalbox.contracts.ping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an address or network.
 *
 * @param network in CIDR notation
 * @param tasks how many tasks of the census it lies in or is made of; 0 when it is left out
 * @param done how many of them are done in the current round
 * @param exclusion why it is left out, wholly; null when it is not
 * @param rounds what each round found, the newest first
 */
public record LookUpReply(
    String network, int tasks, int done, @Nullable String exclusion, List<Finding> rounds) {

  /**
   * What a round found.
   *
   * @param round the round
   * @param pingedAtEpochMs when the newest result came, milliseconds since 1970-01-01 UTC
   * @param pinged addresses of the network that were pinged
   * @param answered how many of them answered
   * @param rtt the code of the round-trip time ({@link RttCode}) of a single address, or of the
   *     median of those that answered; 0 when unknown
   * @param contributors how many found the same: 1, and one more for each confirmation; of several
   *     tasks the fewest
   */
  public record Finding(
      int round, long pingedAtEpochMs, long pinged, long answered, int rtt, int contributors) {}
}
