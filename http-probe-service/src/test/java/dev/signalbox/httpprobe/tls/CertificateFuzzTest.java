package dev.signalbox.httpprobe.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** Whatever passes for a certificate can be described. */
class CertificateFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void what_passes_for_a_certificate_can_be_described(byte[] der) {
    X509Certificate certificate;
    try {
      certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | RuntimeException none) {
      // The JDK trips over some, such as an Edwards key of no bytes; what becomes of a probe then
      // is
      // told by HostileCertificateTest.
      return;
    }
    TlsFacts.Certificate facts = TlsFacts.describe(certificate);
    assertThat(facts.fingerprint()).hasSize(64);
    assertThat(new TlsFacts("TLSv1.3", "x", false, "y", facts, null, null, null).toMap())
        .containsKey("san");
  }
}
