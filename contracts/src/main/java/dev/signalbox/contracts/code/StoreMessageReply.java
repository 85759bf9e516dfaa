package dev.signalbox.contracts.code;

/** What became of a message. */
public sealed interface StoreMessageReply {

  /**
   * On disk.
   *
   * @param id position in the log, from 1
   * @param storedAtEpochMs when, milliseconds since 1970-01-01 UTC
   * @param replayed whether an earlier request with the same idempotency key stored it; absent from
   *     replicas that do not know the field, and then false
   */
  record Stored(long id, long storedAtEpochMs, boolean replayed) implements StoreMessageReply {}

  /** No code was ever issued for the uuid. */
  record UnknownUuid() implements StoreMessageReply {}

  /** The code is not the one issued for the uuid. */
  record WrongCode() implements StoreMessageReply {}
}
