package dev.signalbox.testsupport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

/** Signs certificates, by one of its own that no machine trusts. */
public final class TestAuthority {

  /** What a certificate of a server alone may be used for. */
  public static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  private static final Duration LIFE = Duration.ofDays(30);

  private final X509Bundle bundle;

  private TestAuthority(X509Bundle bundle) {
    this.bundle = bundle;
  }

  /** An authority that signs itself. */
  public static TestAuthority named(String commonName) {
    try {
      return new TestAuthority(authority(commonName).buildSelfSigned());
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** An authority that this one signs. */
  public TestAuthority intermediate(String commonName) {
    try {
      return new TestAuthority(authority(commonName).buildIssuedBy(bundle));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static CertificateBuilder authority(String commonName) {
    return builder(commonName, now(), Instant.now().plus(LIFE)).setIsCertificateAuthority(true);
  }

  private static CertificateBuilder builder(String commonName, Instant begin, Instant end) {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + commonName)
        .notBefore(begin)
        .notAfter(end);
  }

  /** A second in the past, for a certificate that is used in the second of its birth. */
  private static Instant now() {
    return Instant.now().minusSeconds(1);
  }

  /** A certificate that is valid for a month. */
  public TestCertificate issue(String commonName) {
    return issue(commonName, now(), Instant.now().plus(LIFE));
  }

  /**
   * A certificate.
   *
   * @param usages object identifiers of its only uses; none for any use
   */
  public TestCertificate issue(String commonName, Instant begin, Instant end, String... usages) {
    CertificateBuilder builder = builder(commonName, begin, end);
    for (String usage : usages) {
      builder.addExtendedKeyUsage(usage);
    }
    try {
      return new TestCertificate(builder.buildIssuedBy(bundle));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Certificates with the name and the key of this authority, each signed by that key: any of them
   * fits before any other one in a chain.
   */
  public X509Certificate[] twins(int count) {
    CertificateBuilder builder =
        builder("twin", now(), Instant.now().plus(LIFE))
            .subject(bundle.getCertificate().getSubjectX500Principal())
            .publicKey(bundle.getKeyPair().getPublic())
            .setIsCertificateAuthority(true);
    return IntStream.range(0, count)
        .mapToObj(_ -> {
          try {
            return builder.copy().buildIssuedBy(bundle).getCertificate();
          } catch (Exception e) {
            throw new IllegalArgumentException(e);
          }
        })
        .toArray(X509Certificate[]::new);
  }

  /** Its certificate as PEM. */
  public String certificatePem() {
    return bundle.getCertificatePEM();
  }
}
