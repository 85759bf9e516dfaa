package dev.signalbox.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.gateway.listener.Door.TlsFiles;
import dev.signalbox.testsupport.TestCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class CertificateWatchTest {

  private static final TestCertificate OLD = certificate();
  private static final TestCertificate RENEWED = certificate();

  private static final String NOT_THE_KEY = "%s is not the key of %s";

  @TempDir Path directory;
  private TlsFiles files;

  private static TestCertificate certificate() {
    return TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");
  }

  @BeforeEach
  void write() throws IOException {
    files = new TlsFiles(directory.resolve("cert.pem"), directory.resolve("key.pem"), null);
    write(OLD, Instant.now().minusSeconds(60));
  }

  private void write(TestCertificate certificate, Instant time) throws IOException {
    Files.writeString(files.key(), certificate.keyPem());
    Files.writeString(files.certificate(), certificate.certificatePem());
    Files.setLastModifiedTime(files.key(), FileTime.from(time));
    Files.setLastModifiedTime(files.certificate(), FileTime.from(time));
  }

  private HttpServer listen(Vertx vertx) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions().setSsl(true).setKeyCertOptions(files.options());
    return vertx
        .createHttpServer(options)
        .requestHandler(request -> request.response().end())
        .listen(0, "127.0.0.1")
        .await(20, TimeUnit.SECONDS);
  }

  private static boolean shows(HttpServer server, TestCertificate certificate) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            certificate
                .trustingContext()
                .getSocketFactory()
                .createSocket("127.0.0.1", server.actualPort())) {
      socket.setSoTimeout(10_000);
      socket.startHandshake();
      return true;
    } catch (SSLHandshakeException another) {
      return false;
    }
  }

  @Test
  void givenACertificateThatWasRenewedAfterTheDoorReadIt_whenItIsWatchedFromThenOn_thenItIsLoaded(
      Vertx vertx) throws Exception {
    DoorCertificate certificate = new DoorCertificate(files);
    HttpServer server = listen(vertx);
    assertThat(shows(server, OLD)).isTrue();
    write(RENEWED, Instant.now());

    CertificateWatch.start(vertx, certificate, server, 20);

    await().until(() -> shows(server, RENEWED));
    assertThat(shows(server, OLD)).isFalse();
  }

  @Test
  void givenFilesThatCannotBeLookedAt_whenTheyAre_thenTheyAreLoaded(Vertx vertx) throws Exception {
    HttpServer server = listen(vertx);
    Path key = Files.move(files.key(), directory.resolve("away"));
    DoorCertificate certificate = new DoorCertificate(files);
    assertThat(certificate.written()).isEmpty();
    CertificateWatch.start(vertx, certificate, server, 20);

    Files.move(key, files.key());
    write(RENEWED, Instant.now());

    await().until(() -> shows(server, RENEWED));
  }

  @Test
  void givenANewCertificate_whenItsKeyIsStillTheOld_thenTheDoorKeepsBothUntilTheKeyComes(
      Vertx vertx) throws Exception {
    HttpServer server = listen(vertx);
    DoorCertificate certificate = new DoorCertificate(files);
    CertificateWatch.start(vertx, certificate, server, 20);
    Files.writeString(files.certificate(), RENEWED.certificatePem());
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(20))
        .until(() -> shows(server, OLD));
    String reason = NOT_THE_KEY.formatted(files.key(), files.certificate());
    await().until(() -> reason.equals(certificate.problem()));
    assertThat(shows(server, OLD)).isTrue();

    Files.writeString(files.key(), RENEWED.keyPem());

    await().until(() -> shows(server, RENEWED));
    await().until(() -> certificate.problem() == null);
  }

  @Test
  void givenAKeyThatComesAMomentAfterItsCertificate_whenTheDoorOpens_thenItWaitsForIt(Vertx vertx)
      throws Exception {
    Files.writeString(files.certificate(), RENEWED.certificatePem());
    DoorCertificate certificate = new DoorCertificate(files);

    Future<Void> proven = certificate.proven(vertx);
    // Long enough for a look that finds the old key.
    await().during(Duration.ofMillis(300)).until(() -> !proven.isComplete());
    write(RENEWED, Instant.now());

    proven.await(20, TimeUnit.SECONDS);
    assertThat(certificate.problem()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c2VjcmV0",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nsecret!\n-----END PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN secret-----\nc2VjcmV0\n-----END secret-----\n"
      })
  void givenAKeyThatCannotBeLoaded_whenLookedAt_thenTheReasonNamesTheFilesAndNothingOfThem(
      String key, Vertx vertx) throws IOException {
    Files.writeString(files.key(), key);

    Future<Void> matching = new DoorCertificate(files).matching(vertx);

    assertThatThrownBy(() -> matching.await(20, TimeUnit.SECONDS))
        .hasMessage(
            files.certificate()
                + " and "
                + files.key()
                + " must be a certificate and its private key in PEM, not encrypted")
        .hasNoCause();
  }

  @Test
  void givenTheKeyOfAnotherCertificate_whenSeveralEventLoopsOpenTheDoor_thenItIsRefusedForAll(
      Vertx vertx) throws Exception {
    Files.writeString(files.key(), RENEWED.keyPem());
    DoorCertificate certificate = new DoorCertificate(files);

    Future<Void> first = certificate.proven(vertx);
    Future<Void> second = certificate.proven(vertx);

    String reason = NOT_THE_KEY.formatted(files.key(), files.certificate());
    for (Future<Void> proven : List.of(first, second)) {
      assertThatThrownBy(() -> proven.await(20, TimeUnit.SECONDS)).hasMessage(reason);
    }
    assertThat(certificate.problem())
        .isEqualTo(reason + "; the door is closed until the next start");
  }
}
