package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Changes what a contributor says of themself.
 *
 * @param name whose
 * @param key proves it
 * @param team null leaves it, an empty text removes it
 * @param listed whether to be on the leaderboard; null leaves it
 */
public record ChangeContributorRequest(
    String name, String key, @Nullable String team, @Nullable Boolean listed) {}
