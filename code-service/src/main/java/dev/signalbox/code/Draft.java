package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message to store, whose code has been judged right.
 *
 * @param uuid whose it is
 * @param text the message
 * @param idempotencyKey the client's name for this request, if it gave one
 */
record Draft(String uuid, String text, @Nullable String idempotencyKey) {

  /** Equal for equal drafts; what the idempotency key stands for. */
  byte[] content() {
    byte[] uuidBytes = uuid.getBytes(UTF_8);
    byte[] textBytes = text.getBytes(UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + uuidBytes.length + textBytes.length)
        .putInt(uuidBytes.length)
        .put(uuidBytes)
        .put(textBytes)
        .array();
  }
}
