package dev.signalbox.contracts.ping;

/**
 * Asks for the leaderboard.
 *
 * @param after how many ranks to leave out, 0 to 1,000,000
 * @param limit how many contributors at most, 1 to 10,000
 */
public record ListContributorsRequest(int after, int limit) {}
