package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks how many addresses of each block answered.
 *
 * @param round which round; null for the current one
 */
public record SummariseRoundRequest(@Nullable Integer round) {}
