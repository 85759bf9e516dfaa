package dev.signalbox.contracts.code;

/**
 * A message in the log.
 *
 * @param id position in the log, from 1, without gaps
 * @param uuid whose it is
 * @param text as it was sent
 * @param storedAtEpochMs when, milliseconds since 1970-01-01 UTC
 * @param hash SHA-256 over the previous message's hash and this message, lower-case hex
 */
public record StoredMessage(long id, String uuid, String text, long storedAtEpochMs, String hash) {}
