package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * A part of the leaderboard: contributors who want to be on it, by addresses.
 *
 * @param contributors in the order of their ranks
 * @param more whether there are more
 */
public record ListContributorsReply(List<Contributor> contributors, boolean more) {}
