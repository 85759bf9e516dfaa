package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.tls.PemCertificates;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the certificate of a server and its key, which must belong together. */
final class TlsReader {

  private static final int MAX_PEM = 65_536;
  private static final int MAX_CERTIFICATES = 16;

  private TlsReader() {}

  /** Reads the field {@code tls}; null when it is absent, false or wrong. */
  static @Nullable TlsSettings read(RequestObject server) {
    Object value = server.any("tls");
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    if (Boolean.TRUE.equals(value)) {
      return TlsSettings.SELF_MADE;
    }
    if (!(value instanceof Map<?, ?>)) {
      server.problem("tls", "must be true, or an object with certificate_pem and private_key_pem");
      return null;
    }
    RequestObject tls = server.object("tls");
    String certificate = tls.text("certificate_pem", MAX_PEM);
    String key = tls.text("private_key_pem", MAX_PEM);
    if (certificate.isEmpty() || key.isEmpty()) {
      return null;
    }
    List<X509Certificate> chain = chain(certificate);
    if (chain.isEmpty()) {
      tls.problem(
          "certificate_pem",
          "must be certificates in PEM form, at most " + MAX_CERTIFICATES + ", and no key");
      return null;
    }
    PrivateKey read = key(key);
    if (read == null) {
      tls.problem(
          "private_key_pem", "must be a key in PEM form, PKCS #8: BEGIN PRIVATE KEY, of RSA or EC");
      return null;
    }
    if (!belongs(read, chain.getFirst().getPublicKey())) {
      tls.problem("private_key_pem", "must be the key of the first certificate");
      return null;
    }
    return new TlsSettings(
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(certificate))
            .addKeyValue(Buffer.buffer(key)));
  }

  private static List<X509Certificate> chain(String pem) {
    try {
      return PemCertificates.read(pem, MAX_CERTIFICATES);
    } catch (CertificateException | RuntimeException e) {
      // Parsers of certificates have been seen to throw unchecked ones on hostile input.
      return List.of();
    }
  }

  private static @Nullable PrivateKey key(String pem) {
    int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      return null;
    }
    byte[] encoded;
    try {
      encoded =
          Base64.getMimeDecoder()
              .decode(pem.substring(begin + "-----BEGIN PRIVATE KEY-----".length(), end));
    } catch (IllegalArgumentException e) {
      return null;
    }
    for (String algorithm : new String[] {"EC", "RSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        // A key of another algorithm.
      }
    }
    return null;
  }

  /** Whether the public key confirms what the private one signs. */
  private static boolean belongs(PrivateKey key, PublicKey certified) {
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      byte[] message = {1};
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
