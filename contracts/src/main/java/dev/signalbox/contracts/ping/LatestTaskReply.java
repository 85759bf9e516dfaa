package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * The highest available task.
 *
 * @param index its index; null when none is available
 */
public record LatestTaskReply(@Nullable Integer index) {}
