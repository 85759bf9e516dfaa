package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.gateway.TlsConnection.Answer;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.testsupport.TestAuthority;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in at a tls door that asks for certificates, and who does not. */
class ClientCertificatesTest {

  private static final String SERVICES = "/api/v1/services";
  private static final String WHOAMI = "/api/v1/whoami";
  private static final String TOKEN = "reader-token-0123456789";

  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");
  private static final TestAuthority CLIENTS = TestAuthority.named("clients");
  private static final TestAuthority OTHERS = TestAuthority.named("others");
  private static final TestAuthority BRANCH = CLIENTS.intermediate("branch");
  private static final TestCertificate ROBOT = CLIENTS.issue("robot");
  private static final TestCertificate BRANCH_ROBOT = BRANCH.issue("branch-robot");
  private static final TestCertificate ENDED = CLIENTS.issue("ended");
  private static final TestCertificate UNKNOWN = CLIENTS.issue("unknown");

  @TempDir private static Path files;
  private static GatewayFixture optional;
  private static GatewayFixture required;

  @BeforeAll
  static void start() throws IOException {
    write("cert.pem", SERVER.certificatePem());
    write("key.pem", SERVER.keyPem());
    write("ca.pem", "The clients\n" + CLIENTS.certificatePem());
    write(
        "tokens",
        String.join(
            "\n",
            line("robot", "operator", ROBOT, null),
            line("branch-robot", "reader", BRANCH_ROBOT, null),
            line("ended", "admin", ENDED, Instant.parse("2026-01-31T00:00:00Z")),
            TokenEntry.of("alice", "reader", TOKEN, null, 0).line()));
    optional = gateway("optional");
    required = gateway("required");
  }

  @AfterAll
  static void stop() {
    optional.close();
    required.close();
  }

  private static void write(String name, String text) throws IOException {
    Files.writeString(files.resolve(name), text);
  }

  private static String line(String name, String role, TestCertificate client, Instant expires) {
    return TokenEntry.of(name, role, client.certificate(), expires, TokenLimits.NONE).line();
  }

  private static GatewayFixture gateway(String mode, String... more) {
    return GatewayFixture.start(
        Stream.concat(
                Stream.of(
                    "gateway.tls-port",
                    "any",
                    "gateway.tls-certificate",
                    files.resolve("cert.pem").toString(),
                    "gateway.tls-key",
                    files.resolve("key.pem").toString(),
                    "gateway.tls-client-ca",
                    files.resolve("ca.pem").toString(),
                    "gateway.tls-client-certificates",
                    mode,
                    "gateway.tokens-file",
                    files.resolve("tokens").toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private static SSLContext nothing() {
    return SERVER.trustingContext();
  }

  private static SSLContext showing(TestCertificate client) {
    return client.showingContext(SERVER);
  }

  private static Answer ask(
      GatewayFixture gateway, SSLContext client, String protocol, String path, String... fields)
      throws IOException {
    try (TlsConnection connection = TlsConnection.open(gateway, client, protocol)) {
      return connection.get(path, fields);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, HTTP_1_1", "TLSv1.2, HTTP_2", "TLSv1.3, HTTP_1_1", "TLSv1.3, HTTP_2"})
  void givenACertificateOfALine_whenItsClientCalls_thenItHasTheRoleOfTheLine(
      String protocol, HttpClient.Version version) throws Exception {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {protocol});
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(version)
            .sslContext(showing(ROBOT))
            .sslParameters(parameters)
            .build()) {
      HttpResponse<String> services = send(client, SERVICES);
      HttpResponse<String> whoami = send(client, WHOAMI);

      assertThat(services.statusCode()).isEqualTo(200);
      assertThat(services.version()).isEqualTo(version);
      JsonNode who = Json.mapper().readTree(whoami.body());
      assertThat(who.path("credential").asText()).isEqualTo("certificate");
      assertThat(who.path("role").asText()).isEqualTo("operator");
      assertThat(who.path("token").path("name").asText()).isEqualTo("robot");
      assertThat(who.path("certificate_sha256").asText())
          .isEqualTo(TokenEntry.digest(ROBOT.certificate()));
    }
  }

  private static HttpResponse<String> send(HttpClient client, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://localhost:" + optional.port("tls") + path))
            .timeout(Duration.ofSeconds(20))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenNoCertificate_whenItIsOptional_thenTokensDecideAsEverAndThe401NamesBothWays(
      String protocol) throws Exception {
    Answer without = ask(optional, nothing(), protocol, SERVICES);
    Answer who = ask(optional, nothing(), protocol, WHOAMI);

    assertThat(without.status()).isEqualTo(401);
    assertThat(without.json().path("detail").asText())
        .isEqualTo("A bearer token or a client certificate of the role reader is required");
    assertThat(who.json().path("credential").isNull()).isTrue();
    assertThat(who.json().path("certificate_sha256").isNull()).isTrue();
    assertThat(
            ask(optional, nothing(), protocol, SERVICES, "Authorization: Bearer " + TOKEN).status())
        .isEqualTo(200);
  }

  @Test
  void givenADoorThatDoesNotAskForCertificates_whenItRefuses_thenThe401NamesNone() {
    assertThat(optional.get(SERVICES).json().path("detail").asText())
        .isEqualTo("A bearer token of the role reader is required");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenNoCertificate_whenItIsRequired_thenTheHandshakeFails(String protocol) {
    assertThatThrownBy(() -> ask(required, nothing(), protocol, "/health/live"))
        .isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenACertificateOfALine_whenItIsRequired_thenTheClientGetsIn(String protocol)
      throws IOException {
    assertThat(ask(required, showing(ROBOT), protocol, SERVICES).status()).isEqualTo(200);
    assertThat(ask(required, showing(ROBOT), protocol, WHOAMI).json().path("role").asText())
        .isEqualTo("operator");
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2, true", "TLSv1.3, true", "TLSv1.2, false", "TLSv1.3, false"})
  void givenACertificateThatNoLineNames_whenItsClientCalls_thenItHasNoRole(
      String protocol, boolean isRequired) throws IOException {
    GatewayFixture gateway = isRequired ? required : optional;

    JsonNode who = ask(gateway, showing(UNKNOWN), protocol, WHOAMI).json();

    assertThat(ask(gateway, showing(UNKNOWN), protocol, SERVICES).status()).isEqualTo(401);
    assertThat(who.path("credential").isNull()).isTrue();
    assertThat(who.path("may")).isEmpty();
    assertThat(who.path("certificate_sha256").asText())
        .isEqualTo(TokenEntry.digest(UNKNOWN.certificate()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void givenAnIntermediateAuthority_whenTheClientSendsIt_thenItsCertificateIsTrusted(
      String protocol) throws IOException {
    assertThat(ask(optional, showing(BRANCH_ROBOT), protocol, SERVICES).status()).isEqualTo(200);
  }

  static Stream<Arguments> refused() {
    Instant now = Instant.now();
    Instant soon = now.plusSeconds(86_400);
    return Stream.of(
            Arguments.of("of another authority", OTHERS.issue("robot")),
            Arguments.of(
                "of an authority with the same name",
                TestAuthority.named("clients").issue("robot")),
            Arguments.of("signed by itself", TestCertificate.selfSigned("robot", 30)),
            Arguments.of(
                "expired", CLIENTS.issue("robot", now.minusSeconds(60), now.minusSeconds(2))),
            Arguments.of("not yet valid", CLIENTS.issue("robot", soon, soon.plusSeconds(60))),
            Arguments.of(
                "for servers alone",
                CLIENTS.issue("robot", now.minusSeconds(60), soon, TestAuthority.SERVER_AUTH)),
            Arguments.of("without its intermediate authority", BRANCH_ROBOT.alone()),
            Arguments.of("with a chain that is too long", ROBOT.with(CLIENTS.twins(9))),
            Arguments.of(
                "with certificates to search", OTHERS.issue("robot").with(OTHERS.twins(7))))
        .flatMap(row ->
            Stream.of("TLSv1.2", "TLSv1.3")
                .map(protocol -> Arguments.of(row.get()[0], protocol, row.get()[1])));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("refused")
  void givenACertificateThatIsNotTrusted_whenItIsShown_thenTheHandshakeFailsAndOthersGoOn(
      String what, String protocol, TestCertificate client) throws IOException {
    assertThatThrownBy(() -> ask(optional, showing(client), protocol, "/health/live"))
        .as(what)
        .isInstanceOf(IOException.class);
    assertThat(ask(optional, nothing(), protocol, "/health/live").status()).isEqualTo(200);
  }

  @Test
  void givenALongestChain_whenItIsShown_thenItIsTrusted() throws IOException {
    TestCertificate client = ROBOT.with(CLIENTS.twins(7));

    assertThat(ask(optional, showing(client), "TLSv1.3", SERVICES).status()).isEqualTo(200);
  }

  @Test
  void givenALineThatHasEnded_whenItsClientCalls_thenThe401SaysSo() throws IOException {
    Answer answer = ask(optional, showing(ENDED), "TLSv1.3", SERVICES);
    JsonNode who = ask(optional, showing(ENDED), "TLSv1.3", WHOAMI).json();

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().path("detail").asText())
        .isEqualTo("The certificate has expired at 2026-01-31T00:00:00Z");
    assertThat(who.path("token").path("expired").asBoolean()).isTrue();
    assertThat(who.path("may")).isEmpty();
  }

  @Test
  void givenARoleThatDoesNotSuffice_whenItsClientCalls_thenThe403NamesTheCertificate()
      throws IOException {
    Answer answer = ask(optional, showing(BRANCH_ROBOT), "TLSv1.3", "/api/v1/diagnostics");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.json().path("detail").asText())
        .isEqualTo("The certificate lacks the role admin");
  }

  @Test
  void givenATokenAndACertificate_whenBothAreKnown_thenTheTokenDecides() throws IOException {
    JsonNode who =
        ask(optional, showing(ROBOT), "TLSv1.3", WHOAMI, "Authorization: Bearer " + TOKEN).json();

    assertThat(who.path("credential").asText()).isEqualTo("token");
    assertThat(who.path("role").asText()).isEqualTo("reader");
    assertThat(who.path("token").path("name").asText()).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer wrong-token-0123456789", "Basic YTpi", "Bearer"})
  void givenAWrongHeaderAndACertificate_whenItsClientCalls_thenItIs401(String header)
      throws IOException {
    assertThat(
            ask(optional, showing(ROBOT), "TLSv1.3", SERVICES, "Authorization: " + header).status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"cross-site, 401", "same-site, 401", "same-origin, 200", "none, 200"})
  void givenABrowserWithACertificate_whenAPageOfAnotherSiteMakesItAsk_thenTheCertificateIsNothing(
      String site, int status) throws IOException {
    assertThat(
            ask(optional, showing(ROBOT), "TLSv1.3", SERVICES, "Sec-Fetch-Site: " + site).status())
        .isEqualTo(status);
  }

  @Test
  void givenFieldsThatNameACertificate_whenSent_thenTheyMeanNothing() throws IOException {
    String digest = TokenEntry.digest(ROBOT.certificate());
    Answer answer =
        ask(
            optional,
            nothing(),
            "TLSv1.3",
            WHOAMI,
            "X-Forwarded-Client-Cert: Hash=" + digest,
            "Client-Cert: :" + digest + ":",
            "X-SSL-Client-Verify: SUCCESS");

    assertThat(answer.json().path("credential").isNull()).isTrue();
    assertThat(answer.json().path("certificate_sha256").isNull()).isTrue();
  }

  @Test
  void givenCertificatesAreOff_whenOneIsAtHand_thenTheDoorDoesNotAskForIt() throws IOException {
    try (GatewayFixture gateway = gateway("off")) {
      Answer answer = ask(gateway, showing(ROBOT), "TLSv1.3", SERVICES);
      JsonNode who = ask(gateway, showing(ROBOT), "TLSv1.3", WHOAMI).json();

      assertThat(answer.json().path("detail").asText())
          .isEqualTo("A bearer token of the role reader is required");
      assertThat(who.path("certificate_sha256").isNull()).isTrue();
    }
  }

  @Test
  void givenAnAuditLog_whenAClientWithACertificateChangesSomething_thenTheLineNamesIt()
      throws IOException {
    Path log = files.resolve("audit.log");
    try (GatewayFixture gateway = gateway("optional", "gateway.audit-log", log.toString())) {
      ask(gateway, showing(ROBOT), "TLSv1.3", "/revise?id=1&code=0");
      ask(
          gateway,
          showing(ROBOT),
          "TLSv1.3",
          "/revise?id=1&code=0",
          "Authorization: Bearer " + TOKEN);
    }

    assertThat(Files.readAllLines(log))
        .satisfiesExactly(
            line ->
                assertThat(line).contains("\"token\":\"robot\"", "\"credential\":\"certificate\""),
            line -> assertThat(line).contains("\"token\":\"alice\"").doesNotContain("credential"));
  }
}
