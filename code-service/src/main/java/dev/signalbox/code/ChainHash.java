package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/**
 * A link of the chain over all messages, as {@link ChainDigest} computes it.
 *
 * @param hex the hash, 64 lower-case hex digits
 */
record ChainHash(String hex) {

  private static final HexFormat HEX = HexFormat.of();

  /** What the first message follows. */
  static final ChainHash START = of(new byte[ChainDigest.BYTES]);

  static ChainHash of(byte[] hash) {
    return new ChainHash(HEX.formatHex(hash));
  }

  /** Whether a text may be the {@link #hex} of a hash. */
  static boolean isHex(String text) {
    return text.length() == 2 * ChainDigest.BYTES
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  byte[] bytes() {
    return HEX.parseHex(hex);
  }

  /** The hash of the message that follows this one. */
  ChainHash next(long id, String uuid, String text, long storedAtMs) {
    return of(
        new ChainDigest()
            .next(bytes(), id, uuid.getBytes(UTF_8), text.getBytes(UTF_8), storedAtMs));
  }
}
