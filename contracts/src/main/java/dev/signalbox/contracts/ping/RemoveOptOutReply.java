package dev.signalbox.contracts.ping;

/**
 * It is removed.
 *
 * @param id which
 */
public record RemoveOptOutReply(long id) {}
