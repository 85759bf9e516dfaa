package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a result.
 *
 * @param index the task
 * @param round of which round; null for the current one
 */
public record ReadResultRequest(int index, @Nullable Integer round) {}
