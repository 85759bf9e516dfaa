package dev.signalbox.contracts.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of messages. A search looks at a bounded number of messages for each page, so a page may
 * be short or empty although there are more.
 *
 * @param messages in the order of their ids
 * @param more whether there may be messages after this page
 * @param seenTo id of the last message that was looked at, after which the next page begins; null
 *     from versions that look at all, and then it is that of the last message here
 */
public record ListMessagesReply(
    List<StoredMessage> messages, boolean more, @Nullable Long seenTo) {}
