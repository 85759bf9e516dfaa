package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of a new lease: an id that finds it and a token that proves it. Storage keeps the
 * token's hash alone, so that a copy of the database is not enough to submit; where a reply is kept
 * to be repeated, its token is {@link #masked}.
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
    RANDOM.nextBytes(id);
    String text = secret();
    return new LeaseToken(HexFormat.of().formatHex(id), text, Sha256.of(text));
  }

  /** Whether a text could be the id of a lease. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Whether a token is the one a hash was made of, taking the same time wherever they differ. */
  static boolean matches(String token, byte @Nullable [] hash) {
    byte[] presented = Sha256.of(token);
    return hash != null && MessageDigest.isEqual(presented, hash);
  }

  /**
   * A token hidden with a secret, or shown again with it: masking twice gives the token. The mask,
   * HMAC-SHA256 of the lease's id, is as long as a token and never the same for two leases.
   *
   * @param secret known to the client that asked for the lease; without it the masked token says
   *     nothing
   */
  static String masked(String token, String leaseId, String secret) {
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    byte[] mask =
        Sha256.hmac(
            secret.getBytes(StandardCharsets.UTF_8), leaseId.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= mask[i];
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A secret that cannot be guessed: 256 random bits in base64url. */
  static String secret() {
    byte[] bytes = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
