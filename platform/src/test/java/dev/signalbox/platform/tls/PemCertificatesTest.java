package dev.signalbox.platform.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemCertificatesTest {

  /** Of an Ed25519 key without a byte: the JDK reads beyond its end. */
  private static final String WITHOUT_A_KEY =
      "MF8wUgIBATAFBgMrZXAwDDEKMAgGA1UEAwwBYTAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMAwxCjAI"
          + "BgNVBAMMAWEwCjAFBgMrZXADAQAwBQYDK2VwAwIAAA==";

  @ParameterizedTest
  @ValueSource(strings = {WITHOUT_A_KEY, "AAAA", "MIIB", ""})
  void givenSomethingThatIsNoCertificate_whenRead_thenThatIsACheckedException(String content) {
    String pem = "-----BEGIN CERTIFICATE-----\n" + content + "\n-----END CERTIFICATE-----\n";

    assertThatThrownBy(() -> PemCertificates.read(pem, 10))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> PemCertificates.chain(pem, 10))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> PemCertificates.first(pem)).isInstanceOf(CertificateException.class);
  }
}
