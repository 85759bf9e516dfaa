package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.StoppablePostgres;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PostgreSQL stops and comes back while the whole system runs. */
class DatabaseOutageIT {

  private static StoppablePostgres postgres;
  private static OneProcess system;

  private record Sent(int port, String method, String path, String body) {

    Reply send() {
      return body.isEmpty()
          ? Http.get(port, path)
          : Http.send(port, method, path, body, "Content-Type: application/json");
    }
  }

  @BeforeAll
  static void start() {
    postgres = StoppablePostgres.start(Scratch.directory("outage").resolve("postgres"));
    Map<String, String> settings = new HashMap<>(Shape.settings("ping.initial-tasks", "1000"));
    postgres.settings().forEach((key, value) -> settings.put("storage." + key, value));
    system = OneProcess.start(settings);
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
    if (postgres != null) {
      postgres.close();
    }
  }

  private static List<Sent> requests(String uuid) {
    int main = system.doors().main();
    String code = "{\"uuid\":\"" + uuid + "\"}";
    String message = "{\"uuid\":\"" + uuid + "\",\"unique\":\"x\",\"text\":\"t\"}";
    return List.of(
        new Sent(system.doors().codes(), "POST", "/", code),
        new Sent(system.doors().messages(), "POST", "/", message),
        new Sent(main, "POST", "/api/v1/codes", code),
        new Sent(main, "POST", "/api/v1/messages", message),
        new Sent(main, "GET", "/api/v1/messages", ""),
        new Sent(main, "GET", "/api/v1/messages/verify", ""),
        new Sent(main, "GET", "/get_task", ""),
        new Sent(main, "GET", "/get_progress", ""),
        new Sent(main, "GET", "/error", ""),
        new Sent(main, "GET", "/api/v1/census/progress", ""),
        new Sent(main, "POST", "/api/v1/census/leases", "{\"worker\":\"w\",\"count\":1}"),
        new Sent(main, "GET", "/active_servers", ""),
        new Sent(main, "POST", "/api/v1/servers", "{\"response_data\":\"x\",\"page_uri\":\"/p\"}"));
  }

  @Test
  void everyRequestIsRefusedAsUnavailableAndTheFirstAfterTheOutageSucceeds() throws IOException {
    postgres.stop();
    for (Sent sent : requests("during")) {
      Reply reply = sent.send();
      assertThat(reply.status()).as("%s: %s", sent, reply.text()).isEqualTo(503);
      assertThat(reply.header("Retry-After")).as("%s", sent).isNotEmpty();
      assertThat(reply.text())
          .as("%s", sent)
          .contains("cannot reach its storage")
          .doesNotContain("jdbc", "localhost", "refused", "Connection");
    }

    postgres.startAgain();

    String code =
        Http.post(system.doors().codes(), "/", "{\"uuid\":\"after\"}")
            .json()
            .path("unique")
            .asText();
    assertThat(code).isNotEmpty();
    Reply stored =
        Http.post(
            system.doors().messages(),
            "/",
            "{\"uuid\":\"after\",\"unique\":\"" + code + "\",\"text\":\"t\"}");
    assertThat(stored.text()).isEqualTo("{\"success\":true}");
    assertThat(Http.get(system.doors().main(), "/get_task").json().has("task_index")).isTrue();
  }

  @Test
  void aKilledPostmasterIsAnOutageLikeAnyOther() throws IOException {
    postgres.kill();
    assertThat(Http.post(system.doors().codes(), "/", "{\"uuid\":\"killed\"}").status())
        .isEqualTo(503);

    postgres.startAgain();

    assertThat(Http.post(system.doors().codes(), "/", "{\"uuid\":\"killed\"}").status())
        .isEqualTo(200);
  }
}
