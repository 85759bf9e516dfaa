package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A link of the chain over all messages: SHA-256 of these bytes, numbers big-endian:
 *
 * <ol>
 *   <li>32 bytes: the hash of the message before; zeros before the first
 *   <li>8 bytes: the message's id
 *   <li>8 bytes: when it was stored, milliseconds since 1970-01-01 UTC
 *   <li>4 bytes: length of the uuid in UTF-8 bytes, then those bytes
 *   <li>4 bytes: length of the text in UTF-8 bytes, then those bytes
 * </ol>
 *
 * <p>The lengths make the encoding unambiguous: no two messages have the same bytes.
 *
 * @param hex the hash, 64 lower-case hex digits
 */
record ChainHash(String hex) {

  private static final int BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();

  /** What the first message follows. */
  static final ChainHash START = of(new byte[BYTES]);

  static ChainHash of(byte[] hash) {
    return new ChainHash(HEX.formatHex(hash));
  }

  byte[] bytes() {
    return HEX.parseHex(hex);
  }

  /** The hash of the message that follows this one. */
  ChainHash next(long id, String uuid, String text, long storedAtMs) {
    byte[] uuidBytes = uuid.getBytes(UTF_8);
    byte[] textBytes = text.getBytes(UTF_8);
    ByteBuffer fixed = ByteBuffer.allocate(BYTES + Long.BYTES + Long.BYTES + Integer.BYTES);
    fixed.put(bytes()).putLong(id).putLong(storedAtMs).putInt(uuidBytes.length);
    MessageDigest digest = sha256();
    digest.update(fixed.array());
    digest.update(uuidBytes);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(textBytes.length).array());
    digest.update(textBytes);
    return of(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
