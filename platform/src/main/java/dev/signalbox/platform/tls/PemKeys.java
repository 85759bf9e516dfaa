package dev.signalbox.platform.tls;

import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;

/** Private keys in PEM: PKCS #8 (RFC 7468 section 10), of RSA or EC, not encrypted. */
public final class PemKeys {

  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private PemKeys() {}

  /** Reads the first key; certificates and whatever else the text has are skipped. */
  public static Optional<PrivateKey> first(String pem) {
    int begin = pem.indexOf(BEGIN);
    int end = begin < 0 ? -1 : pem.indexOf(END, begin);
    if (end < 0) {
      return Optional.empty();
    }
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    for (String algorithm : new String[] {"EC", "RSA"}) {
      try {
        return Optional.of(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
      } catch (GeneralSecurityException e) {
        // A key of another algorithm.
      }
    }
    return Optional.empty();
  }

  /**
   * Loads a key with its certificate, and tells whether they belong together, which loading them
   * does not find out. True for keys of which this cannot tell, which are neither RSA nor EC.
   *
   * @throws Exception when they cannot be loaded; its message may quote the key
   */
  public static boolean belongTogether(KeyCertOptions options) throws Exception {
    X509KeyManager keys = (X509KeyManager) options.getKeyManagerFactory(null).getKeyManagers()[0];
    for (String algorithm : List.of("RSA", "EC")) {
      String[] aliases = keys.getServerAliases(algorithm, null);
      if (aliases != null && aliases.length > 0) {
        return belongs(
            keys.getPrivateKey(aliases[0]), keys.getCertificateChain(aliases[0])[0].getPublicKey());
      }
    }
    return true;
  }

  /** Whether the public key confirms what the private one signs. */
  public static boolean belongs(PrivateKey key, PublicKey certified) {
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

  /** Shows a certificate, whose chain begins with it, and signs with its key. */
  public static X509ExtendedKeyManager showing(List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException, IOException {
    char[] none = new char[0];
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("key", key, none, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, none);
    return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
  }
}
