package dev.signalbox.httpprobe.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.netty.pkitesting.CertificateBuilder;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of client certificates that no server of a test can tell apart. */
@ExtendWith(VertxExtension.class)
class ClientCertificatesTest {

  private static final TestCertificate ISSUED = TestCertificate.issued("monitor", 30);

  @TempDir private Path directory;

  @Test
  void givenAnotherChainOfTheSameCertificate_whenLoaded_thenTheFingerprintIsAnother(Vertx vertx)
      throws Exception {
    ClientCertificates certificates = new ClientCertificates(vertx, directory.toString());
    write(ISSUED.keyPem() + ISSUED.certificatePem() + pem(ISSUED.authority()));
    TestNode.await(certificates.load());
    String before = certificates.named("monitor").orElseThrow().fingerprint();

    TestCertificate renewed = TestCertificate.selfSigned("authority", 30);
    write(ISSUED.keyPem() + ISSUED.certificatePem() + renewed.certificatePem());
    TestNode.await(certificates.load());

    assertThat(certificates.named("monitor").orElseThrow().fingerprint()).isNotEqualTo(before);
  }

  @Test
  void givenTheSameChain_whenLoadedAgain_thenTheFingerprintIsTheSame(Vertx vertx) throws Exception {
    ClientCertificates certificates = new ClientCertificates(vertx, directory.toString());
    write(ISSUED.keyPem() + ISSUED.certificatePem() + pem(ISSUED.authority()));
    TestNode.await(certificates.load());
    String before = certificates.named("monitor").orElseThrow().fingerprint();

    TestNode.await(certificates.load());

    assertThat(certificates.named("monitor").orElseThrow().fingerprint()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateBuilder.Algorithm.class,
      names = {"ed25519", "ed448"})
  void givenAnEdDsaKeyWithItsCertificate_whenRead_thenTheProblemNamesTheSupportedKinds(
      CertificateBuilder.Algorithm algorithm) throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("monitor", algorithm);
    write(certificate.keyPem() + certificate.certificatePem());

    assertThat(ClientCertificates.problem(directory.toString()))
        .hasValueSatisfying(problem -> assertThat(problem).contains("monitor.pem", "RSA or EC"));
  }

  @ParameterizedTest
  @EnumSource(
      value = CertificateBuilder.Algorithm.class,
      names = {"ecp256", "ecp384", "rsa2048", "rsa3072"})
  void givenAKeyOfASupportedKind_whenRead_thenThereIsNoProblem(
      CertificateBuilder.Algorithm algorithm) throws Exception {
    TestCertificate certificate = TestCertificate.selfSigned("monitor", algorithm);
    write(certificate.keyPem() + certificate.certificatePem());

    assertThat(ClientCertificates.problem(directory.toString())).isEmpty();
  }

  private void write(String pem) throws Exception {
    Files.writeString(directory.resolve("monitor.pem"), pem);
  }

  private static String pem(X509Certificate certificate) throws Exception {
    byte[] lines = Base64.getMimeEncoder().encode(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n"
        + new String(lines, StandardCharsets.US_ASCII)
        + "\n-----END CERTIFICATE-----\n";
  }
}
