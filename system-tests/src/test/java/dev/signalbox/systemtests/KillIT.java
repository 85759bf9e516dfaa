package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Killed under load and started again: whatever was acknowledged is there. */
class KillIT {

  private static final int ENOUGH = 40;
  private static final Map<String, String> SETTINGS = Shape.settings("ping.initial-tasks", "20000");

  private static final Acknowledged TOLD = new Acknowledged();
  private static int serverPort;
  private static JsonNode server;
  private static OneProcess system;

  @BeforeAll
  static void killUnderLoadAndStartAgain() throws InterruptedException {
    Path data = Scratch.directory("kill").resolve("data");
    try (OneProcess first = OneProcess.start(data, SETTINGS)) {
      serverPort = FreePorts.next();
      server = Servers.start(first, serverPort, "/survivor", "still here");
      Pressure pressure = new Pressure(first.doors(), TOLD);
      pressure.on();
      first.process().await("to acknowledge enough", () -> TOLD.enough(ENOUGH));
      first.process().kill();
      pressure.awaitOff();
    }
    system = OneProcess.start(data, SETTINGS);
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static int main() {
    return system.doors().main();
  }

  @Test
  void codesAreTheSame() {
    TOLD.codes.forEach((uuid, code) -> {
      Reply again = Http.post(system.doors().codes(), "/", "{\"uuid\":\"" + uuid + "\"}");
      assertThat(again.json().path("unique").asText()).isEqualTo(code);
    });
  }

  @Test
  void everyMessageIsThereOnceAndTheChainIsIntact() {
    Map<String, Integer> stored = Acknowledged.messages(main());

    assertThat(stored.keySet()).containsAll(TOLD.messages);
    assertThat(stored.values()).containsOnly(1);
    JsonNode verified = Http.get(main(), "/api/v1/messages/verify").json();
    assertThat(verified.path("intact").asBoolean()).as(verified.toString()).isTrue();
    assertThat(verified.path("messages").asInt()).isEqualTo(stored.size());
  }

  @Test
  void everyUploadIsThereAndNoneIsHalf() {
    TOLD.uploads.forEach(
        (path, content) -> assertThat(Http.get(main(), path).text()).isEqualTo(content));
    JsonNode page = Http.get(main(), "/api/v1/files?prefix=/uploads/&limit=1000").json();
    for (JsonNode file : page.path("items")) {
      String path = file.path("path").asText();
      assertThat(Pressure.whole(Http.get(main(), path).text())).as(path).isTrue();
    }
    assertThat(new Site(system).uploads())
        .as("files in the uploads, abandoned ones included")
        .isEqualTo(page.path("items").size());
  }

  @Test
  void everyResultIsThere() {
    TOLD.results.forEach((index, answered) -> {
      Reply stored =
          Http.get(
              main(),
              "/api/v1/census/tasks/" + index + "/result",
              "Accept: application/octet-stream");
      assertThat(stored.body()).isEqualTo(Pressure.bitmap(index));
    });
  }

  @Test
  void everyLeaseStillHolds() {
    Census census = new Census(main());
    TOLD.leases.forEach((index, token) -> {
      if (!TOLD.underWay.contains(index)) {
        assertThat(census.status(index)).as("task " + index).isEqualTo(1);
        assertThat(Pressure.submit(main(), index, token).status()).isBetween(200, 204);
      }
    });
  }

  @Test
  void serversOnDemandAnswerAgain() {
    Awaitility.await("the server")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> Http.get(serverPort, "/survivor").text().equals("still here"));

    assertThat(Servers.active(system)).hasSize(1);
    assertThat(Servers.active(system).get(0).path("server_id")).isEqualTo(server.path("server_id"));
  }
}
