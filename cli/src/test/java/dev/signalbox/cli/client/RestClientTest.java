package dev.signalbox.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.net.URI;
import org.junit.jupiter.api.Test;

class RestClientTest {

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
}
