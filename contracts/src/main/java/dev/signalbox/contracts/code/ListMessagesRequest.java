package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of messages.
 *
 * @param after only messages with a higher id; 0 for the first page
 * @param limit at most so many, 1 to 1,000
 * @param uuid only messages of this uuid; null for all
 */
public record ListMessagesRequest(long after, int limit, @Nullable String uuid) {}
