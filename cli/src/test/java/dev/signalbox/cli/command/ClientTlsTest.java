package dev.signalbox.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import dev.signalbox.gateway.GatewayMain;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.testsupport.TestAuthority;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both clients of the commands, against a gateway that asks for certificates. */
class ClientTlsTest {

  private static final String WHOAMI = "/api/v1/whoami";
  private static final TestAuthority CLIENTS = TestAuthority.named("clients");
  private static final TestCertificate ALICE = CLIENTS.issue("alice");
  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");

  @TempDir private static Path files;
  private static TestNode node;
  private static URI server;

  @BeforeAll
  static void start() throws IOException {
    write("server.pem", SERVER.certificatePem());
    write("server-key.pem", SERVER.keyPem());
    write("clients.pem", CLIENTS.certificatePem());
    write("alice.pem", ALICE.certificatePem());
    write("alice-key.pem", ALICE.keyPem());
    write("alice-both.pem", ALICE.keyPem() + ALICE.certificatePem());
    write("other.pem", TestAuthority.named("other").certificatePem());
    write("other-key.pem", CLIENTS.issue("other").keyPem());
    write("nothing.pem", "nothing");
    write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    // Of an Ed25519 key without a byte: the JDK reads beyond its end.
    write(
        "without-a-key.pem",
        "-----BEGIN CERTIFICATE-----\n"
            + "MF8wUgIBATAFBgMrZXAwDDEKMAgGA1UEAwwBYTAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEwMDAwMDBaMAwx"
            + "CjAIBgNVBAMMAWEwCjAFBgMrZXADAQAwBQYDK2VwAwIAAA=="
            + "\n-----END CERTIFICATE-----\n");
    write("pkcs1.pem", ALICE.keyPem().replace(" PRIVATE", " RSA PRIVATE"));
    Map<String, String> settings = new HashMap<>();
    settings.put("gateway.port", "any");
    for (String door : List.of("tasks", "codes", "messages")) {
      settings.put("gateway." + door + "-port", "off");
    }
    settings.put("gateway.tls-port", "any");
    settings.put("gateway.tls-certificate", file("server.pem"));
    settings.put("gateway.tls-key", file("server-key.pem"));
    settings.put("gateway.tls-client-ca", file("clients.pem"));
    settings.put("gateway.tls-client-certificates", "required");
    node = TestNode.start(List.of(GatewayMain.SERVICE), settings);
    int port = URI.create(node.node().banner().get("tls").split(" ", 2)[0]).getPort();
    server = URI.create("https://localhost:" + port);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(files.resolve(name), text);
  }

  private static String file(String name) {
    return files.resolve(name).toString();
  }

  private static ClientTls tls(URI server, String... options) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], file(options[i + 1]));
    }
    return ClientTls.of(values::get, server);
  }

  private static JsonNode get(ClientTls tls) {
    return new RestClient(server, null, tls, 10_000).get(WHOAMI);
  }

  /** What the client of streams gets for a task that is none: a status from the gateway. */
  private static int post(ClientTls tls) throws IOException {
    try (RemoteSystem system = new RemoteSystem(server, null, tls, 10);
        ResponseBody response =
            system.post(
                "/api/v1/tasks", "application/json", "{}".getBytes(StandardCharsets.UTF_8))) {
      response.readAllBytes();
      return response.status();
    }
  }

  @ParameterizedTest
  @CsvSource({"alice.pem, alice-key.pem", "alice-both.pem, alice-both.pem"})
  void givenACertificateAndItsKey_whenTheyAreShown_thenBothClientsAreLetIn(
      String certificate, String key) throws IOException {
    ClientTls tls = tls(server, "--ca", "server.pem", "--certificate", certificate, "--key", key);

    assertThat(get(tls).path("certificate_sha256").asText()).hasSize(64);
    assertThat(post(tls)).isEqualTo(400);
  }

  @Test
  void givenOneFileOfBoth_whenNoKeyIsNamed_thenItIsTheKeyOfThatFile() throws IOException {
    ClientTls tls = tls(server, "--ca", "server.pem", "--certificate", "alice-both.pem");

    assertThat(get(tls).path("certificate_sha256").asText()).hasSize(64);
    assertThat(post(tls)).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"other.pem, alice-both.pem", "server.pem,"})
  void givenAnotherAuthorityOrNoCertificate_whenAsked_thenNeitherClientIsAnswered(
      String authorities, String certificate) {
    ClientTls tls =
        certificate == null
            ? tls(server, "--ca", authorities)
            : tls(server, "--ca", authorities, "--certificate", certificate);

    CommandException refused = catchThrowableOfType(CommandException.class, () -> get(tls));

    assertThat(refused.exitCode()).isEqualTo(CommandException.UNAVAILABLE);
    assertThat(refused).hasMessageContaining("certificate");
    assertThatThrownBy(() -> post(tls)).isInstanceOf(IOException.class);
  }

  @Test
  void givenTheAuthoritiesOfTheJdk_whenTheyDoNotKnowTheServer_thenItIsRefused() {
    assertThatThrownBy(() -> get(ClientTls.DEFAULT)).isInstanceOf(CommandException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "--ca, absent.pem, a regular file",
    "--ca, ., a regular file",
    "--ca, nothing.pem, 1 to 100 certificates",
    "--ca, broken.pem, 1 to 100 certificates",
    "--ca, without-a-key.pem, 1 to 100 certificates",
    "--ca, alice-both.pem, no key",
    "--certificate, absent.pem, a regular file",
    "--certificate, nothing.pem, a certificate in PEM",
    "--certificate, broken.pem, a certificate in PEM",
    "--certificate, without-a-key.pem, a certificate in PEM",
    "--certificate, alice.pem, the key of the certificate",
  })
  void givenAFileThatIsNotWhatItHasToBe_whenRead_thenTheOptionTheFileAndTheRuleAreNamed(
      String option, String name, String rule) {
    assertThatThrownBy(() -> tls(server, option, name))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(file(name))
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource({"absent.pem", "nothing.pem", "other-key.pem", "alice.pem", "pkcs1.pem"})
  void givenAKeyThatIsNotTheOneOfTheCertificate_whenRead_thenItIsNamed(String key) {
    assertThatThrownBy(() -> tls(server, "--certificate", "alice.pem", "--key", key))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("--key: " + file(key));
  }

  @ParameterizedTest
  @CsvSource({"http://localhost:8080, --ca", ", --ca", "http://localhost:8080, --certificate"})
  void givenASystemWithoutHttps_whenAFileIsGiven_thenItIsSaidThatItNeedsIt(
      URI plain, String option) {
    assertThatThrownBy(() -> tls(plain, option, "alice-both.pem"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(option + " needs a --server whose URL begins with https://");
  }

  @Test
  void givenAKeyAlone_whenRead_thenItNeedsACertificate() {
    assertThatThrownBy(() -> tls(server, "--key", "alice-key.pem"))
        .hasMessageContaining("--key needs --certificate");
  }
}
