package dev.signalbox.httpprobe.tls;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.platform.tls.PemCertificates;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedTrustManager;

/** Authorities that a task trusts instead of those of the machine. */
public final class PrivateAuthorities {

  /** Characters of PEM. */
  public static final int LONGEST_PEM = 65_536;

  private static final int MOST = 16;

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
    try {
      List<X509Certificate> certificates = PemCertificates.read(pem, MOST);
      return certificates.isEmpty() ? Optional.empty() : Optional.of(trusting(certificates));
    } catch (GeneralSecurityException | IOException | RuntimeException unusable) {
      // Parsers of certificates have been seen to throw unchecked ones on hostile input.
      return Optional.empty();
    }
  }

  private static PrivateAuthorities trusting(List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    MessageDigest digest = Sha256.digest();
    for (X509Certificate certificate : certificates) {
      digest.update(certificate.getEncoded());
    }
    return new PrivateAuthorities(
        PemCertificates.trusting(certificates), HexFormat.of().formatHex(digest.digest()));
  }

  X509ExtendedTrustManager judge() {
    return judge;
  }

  /** The same for the same certificates alone. */
  public String fingerprint() {
    return fingerprint;
  }
}
