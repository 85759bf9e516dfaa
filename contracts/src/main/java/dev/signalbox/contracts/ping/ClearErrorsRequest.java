package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Says which errors to clear.
 *
 * @param taskIndex of this task; null for all
 */
public record ClearErrorsRequest(@Nullable Integer taskIndex) {}
