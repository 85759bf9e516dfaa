package dev.signalbox.httpprobe.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Authorities that a task trusts instead of those of the machine. */
public final class PrivateAuthorities {

  /** Characters of PEM. */
  public static final int LONGEST_PEM = 65_536;

  private static final int MOST = 16;
  private static final Pattern LABEL = Pattern.compile("-----BEGIN ([^-]*)-----");

  private final X509ExtendedTrustManager judge;
  private final String fingerprint;

  private PrivateAuthorities(X509ExtendedTrustManager judge, String fingerprint) {
    this.judge = judge;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads certificates in PEM.
   *
   * @return empty when there are none, too many, or anything else, a key above all
   */
  public static Optional<PrivateAuthorities> parse(String pem) {
    Matcher labels = LABEL.matcher(pem);
    int count = 0;
    while (labels.find()) {
      if (!labels.group(1).equals("CERTIFICATE") || ++count > MOST) {
        return Optional.empty();
      }
    }
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
      return certificates.isEmpty() || certificates.size() != count
          ? Optional.empty()
          : Optional.of(trusting(certificates));
    } catch (GeneralSecurityException | IOException | RuntimeException unreadable) {
      // Parsers of certificates have been seen to throw unchecked ones on hostile input.
      return Optional.empty();
    }
  }

  private static PrivateAuthorities trusting(Collection<? extends Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("authority-" + store.size(), certificate);
      digest.update(certificate.getEncoded());
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return new PrivateAuthorities(
        (X509ExtendedTrustManager) factory.getTrustManagers()[0],
        HexFormat.of().formatHex(digest.digest()));
  }

  X509ExtendedTrustManager judge() {
    return judge;
  }

  /** The same for the same certificates alone. */
  public String fingerprint() {
    return fingerprint;
  }
}
