package dev.signalbox.contracts.ping;

/**
 * What was cleared.
 *
 * @param cleared how many errors
 */
public record ClearErrorsReply(int cleared) {}
