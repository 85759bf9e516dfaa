package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * A message to keep.
 *
 * @param uuid whose message it is
 * @param unique the code issued for the uuid
 * @param text the message, any characters, size limited by configuration
 * @param idempotencyKey when given, the same key and message within a day is stored once
 */
public record StoreMessageRequest(
    String uuid, String unique, String text, @Nullable String idempotencyKey) {}
