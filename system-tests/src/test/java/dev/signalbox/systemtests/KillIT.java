package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Killed under load and started again, on either engine: whatever was acknowledged is there. */
@ParameterizedClass
@EnumSource(KillIT.Engine.class)
class KillIT {

  /** Where what must not be lost is kept. */
  enum Engine {
    SQLITE,
    POSTGRESQL;

    private Map<String, String> settings() {
      return switch (this) {
        case SQLITE -> Map.of();
        case POSTGRESQL ->
            TestPostgres.freshDatabase().settings().entrySet().stream()
                .collect(Collectors.toMap(e -> "storage." + e.getKey(), Map.Entry::getValue));
      };
    }
  }

  private static final int ENOUGH = 40;

  @Parameter private Engine engine;

  private static Acknowledged told;
  private static int serverPort;
  private static JsonNode server;
  private static OneProcess system;

  @BeforeParameterizedClassInvocation
  static void killUnderLoadAndStartAgain(Engine engine) throws InterruptedException {
    told = new Acknowledged();
    Map<String, String> settings = new HashMap<>(Shape.settings("ping.initial-tasks", "20000"));
    settings.putAll(engine.settings());
    Path data = Scratch.directory("kill").resolve("data");
    try (OneProcess first = OneProcess.start(data, settings)) {
      serverPort = FreePorts.next();
      server = Servers.start(first, serverPort, "/survivor", "still here");
      Pressure pressure = new Pressure(first.doors(), told);
      pressure.on();
      first.process().await("to acknowledge enough", () -> told.enough(ENOUGH));
      first.process().kill();
      pressure.awaitOff();
    }
    system = OneProcess.start(data, settings);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (system != null) {
      system.close();
      system = null;
    }
  }

  private static int main() {
    return system.doors().main();
  }

  @Test
  void codesAreTheSame() {
    told.codes.forEach((uuid, code) -> {
      Reply again = Http.post(system.doors().codes(), "/", "{\"uuid\":\"" + uuid + "\"}");
      assertThat(again.json().path("unique").asText()).as("on %s", engine).isEqualTo(code);
    });
  }

  @Test
  void everyMessageIsThereOnceAndTheChainIsIntact() {
    Map<String, Integer> stored = Acknowledged.messages(main());

    assertThat(stored.keySet()).containsAll(told.messages);
    assertThat(stored.values()).containsOnly(1);
    JsonNode verified = Http.get(main(), "/api/v1/messages/verify").json();
    assertThat(verified.path("intact").asBoolean()).as(verified.toString()).isTrue();
    assertThat(verified.path("messages").asInt()).isEqualTo(stored.size());
  }

  @Test
  void everyUploadIsThereAndNoneIsHalf() {
    told.uploads.forEach(
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
    told.results.forEach((index, answered) -> {
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
    told.leases.forEach((index, token) -> {
      if (!told.underWay.contains(index)) {
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
