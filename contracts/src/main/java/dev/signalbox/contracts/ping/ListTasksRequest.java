package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of tasks.
 *
 * @param status only these; null for all
 * @param after only higher indices; -1 for the first page
 * @param limit at most so many, 1 to 65,536
 */
public record ListTasksRequest(@Nullable TaskStatus status, int after, int limit) {}
