package dev.signalbox.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.platform.tls.PemCertificates;
import dev.signalbox.platform.tls.PemKeys;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RestClientTest {

  private static final TestCertificate CERTIFICATE =
      TestCertificate.selfSigned("localhost", 10, "dns:localhost", "ip:127.0.0.1");
  private static final String KNOWN = "Bearer, error=\"invalid_token\"";
  private static final String GIVE = "Give a token with --token, --token-file or SIGNALBOX_TOKEN.";

  private static RestClient client(FakeHttpServer server, int timeoutMs) {
    String url = server.url("/");
    return new RestClient(
        URI.create(url.substring(0, url.length() - 1)), null, ClientTls.DEFAULT, timeoutMs);
  }

  private static CommandException failure(FakeHttpServer server, int timeoutMs) {
    return catchThrowableOfType(
        CommandException.class, () -> client(server, timeoutMs).get("/api/v1/services"));
  }

  @Test
  void givenAJsonResponse_whenItIsRead_thenItIsATree() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "{\"items\":[1]}"))) {
      assertThat(client(server, 5_000).get("/x").path("items")).hasSize(1);
    }
  }

  @Test
  void givenARequest_whenItIsSent_thenItAsksForAConnectionOfItsOwn() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "{}"))) {
      client(server, 5_000).get("/x");

      assertThat(server.requests().getFirst().headers()).containsEntry("connection", "close");
    }
  }

  @Test
  void givenAServerOfAnotherKind_whenItAnswers_thenTheErrorSaysThatItIsNotSignalbox() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "<html>"))) {
      CommandException e = failure(server, 5_000);

      assertThat(e.exitCode()).isEqualTo(CommandException.UNAVAILABLE);
      assertThat(e).hasMessageContaining("is not Signalbox");
    }
  }

  @Test
  void givenAServerThatIsSilent_whenTheTimeIsOver_thenItIsATimeout() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      assertThat(failure(server, 200).exitCode()).isEqualTo(CommandException.TIMEOUT);
    }
  }

  @Test
  void givenAnErrorOfTheSystem_whenItIsRead_thenItsRuleAndFieldsAreNamed() {
    String problem =
        "{\"code\":\"INVALID_REQUEST\",\"detail\":\"bad\\u001b[2J\",\"errors\":[{\"pointer\":\"/port\",\"message\":\"is taken\"}]}";
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(400, problem))) {
      CommandException e = failure(server, 5_000);

      assertThat(e.exitCode()).isEqualTo(CommandException.REFUSED);
      assertThat(e.code()).isEqualTo("INVALID_REQUEST");
      assertThat(e).hasMessageContaining("400: bad\\x1b[2J\n  /port is taken");
    }
  }

  @Test
  void givenAStatusOfFiveHundred_whenItIsRead_thenTheSystemHasFailed() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(503, "down"))) {
      assertThat(failure(server, 5_000).exitCode()).isEqualTo(CommandException.UNAVAILABLE);
    }
  }

  @Test
  void givenASystemBehindARedirect_whenItIsAsked_thenTheErrorNamesWhereItIs() {
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.redirect(301, "https://other.test/"))) {
      CommandException e = failure(server, 5_000);

      assertThat(e.exitCode()).isEqualTo(CommandException.UNAVAILABLE);
      assertThat(e).hasMessageContaining("301, to https://other.test/");
    }
  }

  @Test
  void givenNobodyAtThePort_whenARequestIsSent_thenTheErrorSaysHowToStartASystem() {
    RestClient client =
        new RestClient(URI.create("http://127.0.0.1:1"), null, ClientTls.DEFAULT, 1_000);

    assertThatThrownBy(() -> client.get("/x"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Nothing answers at http://127.0.0.1:1")
        .hasMessageContaining("signalbox up");
  }

  private static ClientTls tls(boolean shows) {
    try {
      List<X509Certificate> chain = PemCertificates.chain(CERTIFICATE.certificatePem(), 1);
      return new ClientTls(
          PemCertificates.trusting(chain),
          shows ? PemKeys.showing(chain, PemKeys.first(CERTIFICATE.keyPem()).orElseThrow()) : null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RestClient client(FakeHttpServer server, RestClient.Token token, boolean shows) {
    String url = server.url("/");
    return new RestClient(
        URI.create(url.substring(0, url.length() - 1)), token, tls(shows), 10_000);
  }

  static Stream<Arguments> unauthenticated() {
    return Stream.of(
        Arguments.of(null, false, "Bearer", GIVE),
        Arguments.of(
            null,
            true,
            "Bearer",
            "No line of that system's tokens has the certificate-sha256 of that of --certificate."
                + " Add one, or give a token with --token, --token-file or SIGNALBOX_TOKEN."),
        Arguments.of(null, true, KNOWN, ""),
        Arguments.of(
            "--token-file",
            false,
            "Bearer",
            "The token is that of --token-file, and not one of that system's."),
        Arguments.of("--token", false, KNOWN, "The token is that of --token."),
        Arguments.of(
            "SIGNALBOX_TOKEN",
            true,
            "Bearer",
            "The token is that of SIGNALBOX_TOKEN, and not one of that system's."
                + " Beside a token a certificate counts for nothing."));
  }

  @ParameterizedTest
  @MethodSource("unauthenticated")
  void givenACallerWhoIsNotLetIn_whenItIsRefused_thenTheErrorSaysByWhatItCame(
      String source, boolean shows, String challenge, String hint) {
    RestClient.Token token = source == null ? null : new RestClient.Token("t", source);
    HttpAnswer answer =
        HttpAnswer.of(401, "{\"detail\":\"Not you\"}", "WWW-Authenticate: " + challenge);
    try (FakeHttpServer server = FakeHttpServer.start(answer)) {
      CommandException e =
          catchThrowableOfType(
              CommandException.class, () -> client(server, token, shows).get("/x"));

      assertThat(e)
          .hasMessageEndingWith("answered 401: Not you" + (hint.isEmpty() ? "" : "\n" + hint));
    }
  }

  @ParameterizedTest
  @CsvSource({"false, true", "true, false"})
  void givenHttps_whenTheConnectionEndsBeforeAResponse_thenACertificateIsSuggestedUnlessShown(
      boolean shows, boolean suggested) {
    try (FakeHttpServer server = FakeHttpServer.startTls(CERTIFICATE, (_, _) -> {})) {
      CommandException e =
          catchThrowableOfType(CommandException.class, () -> client(server, null, shows).get("/x"));

      assertThat(e.exitCode()).isEqualTo(CommandException.UNAVAILABLE);
      assertThat(e.getMessage().contains("give one with --certificate")).isEqualTo(suggested);
    }
  }

  @Test
  void givenHttps_whenAResponseEndsEarly_thenNoCertificateIsSuggested() {
    try (FakeHttpServer server =
        FakeHttpServer.startTls(CERTIFICATE, HttpAnswer.truncated(1_000, "{"))) {
      CommandException e =
          catchThrowableOfType(CommandException.class, () -> client(server, null, false).get("/x"));

      assertThat(e).hasMessageNotContaining("--certificate");
    }
  }

  @Test
  void givenNobodyAtAPortOfHttps_whenARequestIsSent_thenNoCertificateIsSuggested() {
    RestClient client =
        new RestClient(URI.create("https://127.0.0.1:1"), null, ClientTls.DEFAULT, 1_000);

    assertThatThrownBy(() -> client.get("/x"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("Nothing answers at https://127.0.0.1:1")
        .hasMessageNotContaining("--certificate");
  }

  static Stream<IOException> failures() {
    return Stream.of(
        new UnknownHostException("no-such-host"),
        new NoRouteToHostException("No route to host"),
        new SocketException("Network is unreachable"),
        new IOException("the response is larger than 64 MiB"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void givenAFailureThatNoCertificateMends_whenItIsSaid_thenNoneIsSuggested(IOException failure) {
    RestClient client =
        new RestClient(URI.create("https://127.0.0.1:1"), null, ClientTls.DEFAULT, 1_000);

    assertThat(client.failure(failure)).hasMessageNotContaining("--certificate");
  }
}
