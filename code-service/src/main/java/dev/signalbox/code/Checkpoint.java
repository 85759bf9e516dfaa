package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.code.GetCheckpointReply;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * The text of a checkpoint and its signature, in the format of C2SP signed notes
 * (c2sp.org/signed-note). The text has four lines: the origin {@value #ORIGIN}, how many messages
 * there are, the hash of the last one in base64, and {@code signed-at} with the milliseconds since
 * 1970. The first three lines are those of c2sp.org/tlog-checkpoint, but the hash is the head of a
 * chain and not the root of a tree: there are no inclusion proofs.
 */
final class Checkpoint {

  static final String ORIGIN = "signalbox/messages";

  private static final String ALGORITHM = "Ed25519";
  private static final byte SIGNATURE_TYPE = 1; // Ed25519, of C2SP signed notes
  private static final int KEY_BYTES = 32;
  private static final int KEY_ID_BYTES = 4;

  private Checkpoint() {}

  /**
   * A key pair as it is stored.
   *
   * @param privateKey PKCS #8
   * @param publicKey SubjectPublicKeyInfo
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Key(byte[] privateKey, byte[] publicKey) {

    static Key random() {
      try {
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        return new Key(pair.getPrivate().getEncoded(), pair.getPublic().getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has " + ALGORITHM, e);
      }
    }
  }

  /** The text that is signed; it ends in a line end. */
  static String text(long size, ChainHash head, long signedAtMs) {
    return ORIGIN
        + "\n"
        + size
        + "\n"
        + Base64.getEncoder().encodeToString(head.bytes())
        + "\nsigned-at "
        + signedAtMs
        + "\n";
  }

  /** Signs how the log stands. */
  static GetCheckpointReply sign(Key key, long size, ChainHash head, long signedAtMs) {
    String text = text(size, head, signedAtMs);
    try {
      Signature signer = Signature.getInstance(ALGORITHM);
      signer.initSign(
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(key.privateKey)));
      signer.update(text.getBytes(UTF_8));
      byte[] signature = signer.sign();
      Base64.Encoder base64 = Base64.getEncoder();
      return new GetCheckpointReply(
          size,
          head.hex(),
          signedAtMs,
          base64.encodeToString(key.publicKey),
          base64.encodeToString(signature),
          text
              + "\n\u2014 "
              + ORIGIN
              + " "
              + base64.encodeToString(concat(keyId(key.publicKey), signature))
              + "\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the stored key cannot sign", e);
    }
  }

  /** Tells keys of one name apart: the first bytes of SHA-256 over name, type and key. */
  private static byte[] keyId(byte[] publicKey) {
    MessageDigest digest = Sha256.digest();
    digest.update((ORIGIN + "\n").getBytes(UTF_8));
    digest.update(SIGNATURE_TYPE);
    // The key itself is the end of its SubjectPublicKeyInfo.
    digest.update(publicKey, publicKey.length - KEY_BYTES, KEY_BYTES);
    return Arrays.copyOf(digest.digest(), KEY_ID_BYTES);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
