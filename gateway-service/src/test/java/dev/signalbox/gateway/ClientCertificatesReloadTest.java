package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestAuthority;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What becomes of clients, their connections and their sessions when files change. */
@LongTest
class ClientCertificatesReloadTest {

  private static final String SERVICES = "/api/v1/services";
  private static final String WHOAMI = "/api/v1/whoami";
  private static final int EVENT_LOOPS = 4;

  private static final TestCertificate SERVER = server();
  private static final TestAuthority OLD = TestAuthority.named("old");
  private static final TestAuthority NEW = TestAuthority.named("new");
  private static final TestCertificate ALICE = OLD.issue("alice");
  private static final TestCertificate BOB = NEW.issue("bob");

  @TempDir Path directory;

  private GatewayFixture gateway;
  private int changes;

  private static TestCertificate server() {
    return TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");
  }

  @BeforeEach
  void start() throws IOException {
    replace("cert.pem", SERVER.certificatePem());
    replace("key.pem", SERVER.keyPem());
    replace("ca.pem", OLD.certificatePem());
    replace("tokens", line("alice", ALICE) + line("bob", BOB));
    gateway =
        GatewayFixture.start(
            "platform.threads",
            String.valueOf(EVENT_LOOPS),
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            directory.resolve("cert.pem").toString(),
            "gateway.tls-key",
            directory.resolve("key.pem").toString(),
            "gateway.tls-client-ca",
            directory.resolve("ca.pem").toString(),
            "gateway.tls-client-certificates",
            "optional",
            "gateway.tokens-file",
            directory.resolve("tokens").toString());
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static String line(String name, TestCertificate client) {
    return TokenEntry.of(name, "operator", client.certificate(), null, TokenLimits.NONE).line()
        + "\n";
  }

  private void replace(String name, String text) throws IOException {
    Path next = Files.writeString(directory.resolve("next"), text);
    // Two writes within the clock's grain would look like none.
    Files.setLastModifiedTime(next, FileTime.from(Instant.now().plusSeconds(++changes)));
    Files.move(
        next,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private TlsConnection open(SSLContext client) throws IOException {
    return TlsConnection.open(gateway, client, "TLSv1.3");
  }

  private JsonNode whoami(SSLContext client) throws IOException {
    try (TlsConnection connection = open(client)) {
      return connection.get(WHOAMI).json();
    }
  }

  private static boolean proven(JsonNode who) {
    return who.path("credential").asText().equals("certificate");
  }

  private static void await40(Callable<Boolean> condition) {
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(500))
        .ignoreExceptions()
        .until(condition);
  }

  @Test
  void givenAnOpenConnection_whenTheLineOfItsCertificateIsRemoved_thenItsNextRequestIsRefused()
      throws IOException {
    try (TlsConnection connection = open(ALICE.showingContext(SERVER))) {
      assertThat(connection.get(SERVICES).status()).isEqualTo(200);

      replace("tokens", line("bob", BOB));

      await40(() -> connection.get(SERVICES).status() == 401);
      assertThat(connection.get(WHOAMI).json().path("credential").isNull()).isTrue();
      replace("tokens", line("carol", ALICE));
      await40(() -> connection.get(SERVICES).status() == 200);
      assertThat(connection.get(WHOAMI).json().path("token").path("name").asText())
          .isEqualTo("carol");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenASession_whenItIsResumed_thenItsCertificateStillNamesTheCaller(String protocol)
      throws IOException {
    SSLContext client = ALICE.showingContext(SERVER);
    try (TlsConnection first = TlsConnection.open(gateway, client, protocol)) {
      assertThat(proven(first.get(WHOAMI).json())).isTrue();

      try (TlsConnection second = TlsConnection.open(gateway, client, protocol)) {
        assertThat(second.sessionBegan()).as("resumed").isEqualTo(first.sessionBegan());
        assertThat(proven(second.get(WHOAMI).json())).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenASession_whenTheLineIsRemoved_thenResumingItProvesNothing(String protocol)
      throws IOException {
    SSLContext client = ALICE.showingContext(SERVER);
    try (TlsConnection first = TlsConnection.open(gateway, client, protocol)) {
      assertThat(proven(first.get(WHOAMI).json())).isTrue();
      replace("tokens", line("bob", BOB));
      await40(() -> first.get(SERVICES).status() == 401);

      try (TlsConnection second = TlsConnection.open(gateway, client, protocol)) {
        assertThat(second.sessionBegan()).as("resumed").isEqualTo(first.sessionBegan());
        assertThat(second.get(SERVICES).status()).isEqualTo(401);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenNewAuthorities_whenTheFileIsReplaced_thenOldClientsAreRefusedEvenWithASession(
      String protocol) throws IOException {
    SSLContext old = ALICE.showingContext(SERVER);
    SSLContext next = BOB.showingContext(SERVER);
    try (TlsConnection open = TlsConnection.open(gateway, old, protocol)) {
      assertThat(proven(open.get(WHOAMI).json())).isTrue();
      assertThatThrownBy(() -> whoami(next)).isInstanceOf(IOException.class);

      replace("ca.pem", NEW.certificatePem());

      await40(() -> proven(whoami(next)));
      assertThatThrownBy(
              () -> {
                try (TlsConnection resumed = TlsConnection.open(gateway, old, protocol)) {
                  resumed.get(WHOAMI);
                }
              })
          .isInstanceOf(IOException.class);
      // What was proven before stays so until the line is removed or the connection ends.
      assertThat(open.get(SERVICES).status()).isEqualTo(200);
    }
  }

  @Test
  void givenARenewedCertificateOfTheDoor_whenItIsLoaded_thenTheDoorStillAsksForCertificates()
      throws IOException {
    TestCertificate renewed = server();

    replace("key.pem", renewed.keyPem());
    replace("cert.pem", renewed.certificatePem());

    await40(() -> proven(whoami(ALICE.showingContext(renewed))));
    assertThatThrownBy(() -> whoami(BOB.showingContext(renewed))).isInstanceOf(IOException.class);
  }

  @Test
  void givenManyEventLoops_whenTheCertificateIsRenewed_thenItIsLoadedOnceForAll()
      throws IOException {
    TestCertificate renewed = server();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger().addAppender(log);
    try {
      replace("key.pem", renewed.keyPem());
      replace("cert.pem", renewed.certificatePem());
      await40(() -> proven(whoami(ALICE.showingContext(renewed))));
      // Each of them looks once more.
      replace("ca.pem", OLD.certificatePem() + NEW.certificatePem());
      await40(() -> proven(whoami(BOB.showingContext(renewed))));
    } finally {
      logger().detachAppender(log);
    }

    // A look between the two files is a warning, and the next one loads them.
    assertThat(List.copyOf(log.list))
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(text -> text.contains("Error"))
        .filteredOn(text -> text.endsWith(" reloaded"))
        .hasSize(2);
    // Connections go to the event loops in turn.
    for (int i = 0; i < 2 * EVENT_LOOPS; i++) {
      assertThat(proven(whoami(BOB.showingContext(renewed)))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no certificate",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
      })
  void givenAuthoritiesThatCannotBeLoaded_whenTheFileIsReplaced_thenTheOldOnesStay(String bad)
      throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger().addAppender(log);
    try {
      replace("ca.pem", bad);

      await40(() -> log.list.stream().anyMatch(event -> event.getLevel() == Level.WARN));
      assertThat(List.copyOf(log.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .anySatisfy(text ->
              assertThat(text)
                  .contains(directory.resolve("ca.pem").toString(), "1 to 100 certificates"));
    } finally {
      logger().detachAppender(log);
    }
    assertThat(proven(whoami(ALICE.showingContext(SERVER)))).isTrue();
    assertThatThrownBy(() -> whoami(BOB.showingContext(SERVER))).isInstanceOf(IOException.class);

    replace("ca.pem", OLD.certificatePem() + NEW.certificatePem());
    await40(() -> proven(whoami(BOB.showingContext(SERVER))));
    assertThat(proven(whoami(ALICE.showingContext(SERVER)))).isTrue();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("dev.signalbox.gateway.listener.CertificateWatch");
  }
}
