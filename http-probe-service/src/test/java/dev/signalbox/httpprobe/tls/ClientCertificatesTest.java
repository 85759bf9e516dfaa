package dev.signalbox.httpprobe.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  @ValueSource(strings = {"Ed25519", "Ed448"})
  void givenAnEdDsaKey_whenItsFileIsRead_thenTheProblemNamesTheSupportedKinds(String algorithm)
      throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    write(pem + ISSUED.certificatePem());

    assertThat(ClientCertificates.problem(directory.toString()))
        .hasValueSatisfying(problem -> assertThat(problem).contains("monitor.pem", "RSA or EC"));
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
