package dev.signalbox.code;

import dev.signalbox.contracts.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Computes links of the chain, one after the other: SHA-256 of these bytes, numbers big-endian:
 *
 * <ol>
 *   <li>32 bytes: the hash of the message before; zeros before the first
 *   <li>8 bytes: the message's id
 *   <li>8 bytes: when it was stored, milliseconds since 1970-01-01 UTC
 *   <li>4 bytes: length of the uuid in UTF-8 bytes, then those bytes
 *   <li>4 bytes: length of the text in UTF-8 bytes, then those bytes
 * </ol>
 *
 * <p>The lengths make the encoding unambiguous: no two messages have the same bytes. For one thread
 * at a time.
 */
final class ChainDigest {

  /** Length of a hash. */
  static final int BYTES = Sha256.BYTES;

  private final MessageDigest digest = Sha256.digest();
  private final ByteBuffer fixed =
      ByteBuffer.allocate(BYTES + Long.BYTES + Long.BYTES + Integer.BYTES);
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);

  /**
   * The hash of a message.
   *
   * @param previous hash of the message before
   * @param uuid in UTF-8
   * @param text in UTF-8
   */
  byte[] next(byte[] previous, long id, byte[] uuid, byte[] text, long storedAtMs) {
    fixed.clear().put(previous).putLong(id).putLong(storedAtMs).putInt(uuid.length);
    length.clear().putInt(text.length);
    digest.update(fixed.array());
    digest.update(uuid);
    digest.update(length.array());
    digest.update(text);
    return digest.digest();
  }
}
