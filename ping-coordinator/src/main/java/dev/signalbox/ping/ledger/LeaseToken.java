package dev.signalbox.ping.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of a new lease: an id that finds it and a token that proves it. Storage keeps the
 * token's hash alone, so that a copy of the database lets nobody submit.
 *
 * @param leaseId 128 random bits in hexadecimal
 * @param token 256 random bits in base64url
 * @param hash SHA-256 of the token
 */
@SuppressWarnings("ArrayRecordComponent")
record LeaseToken(String leaseId, String token, byte[] hash) {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final int ID_BYTES = 16;
  private static final int TOKEN_BYTES = 32;

  static LeaseToken random() {
    byte[] id = new byte[ID_BYTES];
    byte[] token = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(id);
    RANDOM.nextBytes(token);
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    return new LeaseToken(HexFormat.of().formatHex(id), text, hashOf(text));
  }

  /** Whether a text could be the id of a lease. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether a token is the one a hash was made of, taking the same time wherever they differ. */
  static boolean matches(String token, byte @Nullable [] hash) {
    byte[] presented = hashOf(token);
    return hash != null && MessageDigest.isEqual(presented, hash);
  }

  private static byte[] hashOf(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
