package dev.signalbox.contracts.code;

/**
 * Messages were stored.
 *
 * @param lastId the highest id of a message that is stored, as far as this replica knows
 */
public record MessagesStoredEvent(long lastId) {}
