package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person who starts the system is told. */
class StartIT {

  private static final int FAILED = 1;
  private static final int WRONG_SETTINGS = 2;

  private static Path data() {
    return Scratch.directory("start").resolve("data");
  }

  private static String refused(int exitCode, Map<String, String> settings) {
    try (SignalboxProcess process = OneProcess.launch(data(), settings)) {
      assertThat(process.awaitExit()).as(process.output()).isEqualTo(exitCode);
      return process.output();
    }
  }

  @Test
  void theBannerTellsDoorsAndData() {
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      Doors doors = system.doors();

      assertThat(doors.main()).isPositive();
      assertThat(doors.tasks()).isPositive();
      assertThat(doors.codes()).isPositive();
      assertThat(doors.messages()).isPositive();
      assertThat(system.output()).contains(system.data().toString());
      assertThat(system.output()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
    }
  }

  @Test
  void aFreshSystemHasNoTasksServersOrMessages() {
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      Census census = new Census(system.doors().messages());
      assertThat(census.get("/get_task"))
          .isEqualTo(Reply.json("{\"error\":\"No tasks available\"}"));
      assertThat(census.get("/get_latest_task"))
          .isEqualTo(Reply.json("{\"error\":\"No tasks available\"}"));
      assertThat(census.get("/get_progress").path("progress").asDouble()).isZero();
      assertThat(census.get("/get_progress").path("total_tasks").asInt()).isZero();
      assertThat(census.get("/get_pending")).isEmpty();
      assertThat(census.get("/error")).isEmpty();
      assertThat(Servers.active(system)).isEmpty();
      assertThat(Http.get(system.doors().main(), "/api/v1/messages").json().path("items"))
          .isEmpty();
      assertThat(Http.get(system.doors().main(), "/").status()).isEqualTo(200);
    }
  }

  @Test
  void aSecondInstanceOnTheSameDataIsRefusedAndTheFirstGoesOn() {
    try (OneProcess first = OneProcess.start(Shape.settings());
        SignalboxProcess second = OneProcess.launch(first.data(), Shape.settings())) {
      assertThat(second.awaitExit()).isEqualTo(FAILED);

      assertThat(second.output())
          .contains("Another Signalbox is running on the data directory")
          .contains(first.data().toString())
          .doesNotContain("\tat ");
      assertThat(Http.get(first.doors().main(), "/ping").status()).isEqualTo(200);
    }
  }

  @Test
  void aTakenClassicDoorIsAWarningAndStaysShut() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(holder.getLocalPort());
      try (OneProcess system = OneProcess.start(Shape.settings("gateway.codes-port", port))) {
        assertThat(system.output())
            .containsPattern("WARN .*" + port + ".*gateway\\.codes-port")
            .containsPattern("(?m)^\\s+codes\\s+closed.*" + port);
        assertThat(Http.get(system.doors().main(), "/ping").status()).isEqualTo(200);
        assertThat(Http.get(system.doors().tasks(), "/ping").status()).isEqualTo(200);
        assertThat(Http.get(system.doors().messages(), "/ping").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aTakenMainDoorIsFatal() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(holder.getLocalPort());

      assertThat(refused(FAILED, Shape.settings("port", port)))
          .contains(port)
          .contains("gateway.port")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void listeningBeyondThisMachineNeedsTokensOrTheWordOff() {
    assertThat(refused(WRONG_SETTINGS, Shape.settings("bind", "0.0.0.0")))
        .contains("gateway.tokens")
        .contains("gateway.auth")
        .doesNotContain("\tat ");
  }

  @Test
  void withTokensItListensAndAsksForThem() {
    String token = "0123456789abcdef0123456789abcdef";
    try (OneProcess system =
        OneProcess.start(Shape.settings("bind", "0.0.0.0", "gateway.tokens", "reader:" + token))) {
      int main = system.doors().main();
      String bearer = "Authorization: Bearer " + token;

      assertThat(Http.get(main, "/api/v1/services").status()).isEqualTo(401);
      assertThat(Http.get(main, "/api/v1/services", bearer + "x").status()).isEqualTo(401);
      assertThat(Http.get(main, "/api/v1/services", bearer).status()).isEqualTo(200);
      Reply denied =
          Http.send(main, "POST", "/run_task", "{}", "Content-Type: application/json", bearer);
      assertThat(denied.status()).isEqualTo(403);
      assertThat(denied.text()).contains("operator");
      assertThat(Http.get(main, "/health/live").status()).isEqualTo(200);
      assertThat(system.output()).doesNotContain(token);
    }
  }

  @Test
  void everyWrongSettingIsToldAtOnce() {
    String output =
        refused(
            WRONG_SETTINGS,
            Shape.settings(
                "gateway.max-in-flight", "none",
                "gateway.colour", "red",
                "ping.lease-time", "-1s",
                "platform.threads", "100000"));

    assertThat(output)
        .contains("gateway.max-in-flight")
        .contains("gateway.colour")
        .contains("ping.lease-time")
        .contains("platform.threads")
        .doesNotContain("\tat ");
  }

  @Test
  void anUnknownOptionOrServiceIsRefused() {
    assertThat(refused(WRONG_SETTINGS, Map.of("colour", "red"))).contains("--colour");
    assertThat(refused(WRONG_SETTINGS, Map.of("only", "dns-service,nothing-service")))
        .contains("nothing-service")
        .contains("ping-coordinator");
  }

  @Test
  void onlySomeServicesMayRunWithSomeThreads() {
    Map<String, String> settings = new HashMap<>();
    settings.put("only", "gateway-service,dns-service");
    settings.put("threads", "1");
    settings.put("resolver.upstreams", Surroundings.resolver());
    try (OneProcess system = OneProcess.start(settings)) {
      Reply query =
          Http.post(
              system.doors().tasks(),
              "/run_task",
              "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"example.com\"}}");
      Reply missing = Http.get(system.doors().main(), "/get_progress");

      assertThat(query.json().path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
      assertThat(missing.status()).isEqualTo(503);
      assertThat(missing.text()).contains("ping-coordinator");
    }
  }

  @Test
  void settingsMayComeFromAFile() {
    Map<String, String> settings = Shape.settings("gateway.keep-alive-requests", "7");
    Path file = SettingsFile.write(Scratch.directory("settings"), settings);
    try (OneProcess system = OneProcess.start(Map.of("config", file.toString()))) {
      try (RawConnection connection = new RawConnection(system.doors().main())) {
        assertThat(connection.get("/ping").header("keep-alive")).contains("max=7");
      }
    }
  }
}
