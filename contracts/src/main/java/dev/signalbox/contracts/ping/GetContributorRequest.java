package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a contributor, by name or by key.
 *
 * @param name null to find the owner of the key
 * @param key null without one: then only a contributor on the leaderboard is found
 */
public record GetContributorRequest(@Nullable String name, @Nullable String key) {}
