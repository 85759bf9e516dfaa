package dev.signalbox.contracts.code;

import java.util.List;

/**
 * A page of messages.
 *
 * @param messages in the order of their ids
 * @param more whether there are messages after the last one here
 */
public record ListMessagesReply(List<StoredMessage> messages, boolean more) {}
