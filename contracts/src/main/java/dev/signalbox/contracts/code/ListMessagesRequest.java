package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of messages.
 *
 * @param after only messages with a higher id; 0 for the first page
 * @param limit at most so many, 1 to 1,000
 * @param uuid only messages of this uuid; null for all
 * @param sinceEpochMs only messages stored then or later, milliseconds since 1970-01-01 UTC; null
 *     for all
 * @param untilEpochMs only messages stored before; null for all
 * @param contains only messages whose text contains this, whatever the case of letters, 1 to 256
 *     characters; null for all
 */
public record ListMessagesRequest(
    long after,
    int limit,
    @Nullable String uuid,
    @Nullable Long sinceEpochMs,
    @Nullable Long untilEpochMs,
    @Nullable String contains) {

  /** Asks for messages of any time and text. */
  public static ListMessagesRequest page(long after, int limit, @Nullable String uuid) {
    return new ListMessagesRequest(after, limit, uuid, null, null, null);
  }
}
