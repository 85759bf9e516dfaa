package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code platform.log-format=json} every line on both output streams is a JSON object. */
@LongTest
class JsonLogIT {

  private static final String READY = "Signalbox .* is ready after";

  private static Map<String, String> settings(String... more) {
    Map<String, String> settings = Shape.settings(more);
    settings.put("platform.log-format", "json");
    return settings;
  }

  private static Path data() {
    return Scratch.directory("json").resolve("data");
  }

  private static List<JsonNode> lines(SignalboxProcess process) {
    List<JsonNode> lines = process.output().lines().map(Reply::json).toList();
    assertThat(lines).isNotEmpty().allMatch(JsonNode::isObject);
    return lines;
  }

  private static JsonNode banner(List<JsonNode> lines) {
    return lines.stream().filter(line -> line.has("banner")).findFirst().orElseThrow();
  }

  @Test
  void givenJsonLogs_whenTheSystemStartsServesAndStops_thenEveryLineIsJson() {
    Path data = data();
    try (SignalboxProcess process = OneProcess.launch(data, settings())) {
      process.awaitOutput(READY);
      JsonNode banner = banner(lines(process));
      String main = banner.path("banner").path("main").asText();
      int port = Integer.parseInt(main.substring(main.lastIndexOf(':') + 1));
      assertThat(Http.get(port, "/ping").status()).isEqualTo(200);
      assertThat(Http.get(port, "/missing").status()).isEqualTo(404);
      process.stop();

      JsonNode request =
          lines(process).stream()
              .filter(line -> line.path("path").asText().equals("/missing"))
              .findFirst()
              .orElseThrow();
      assertThat(request.path("message").asText()).isEqualTo("request");
      assertThat(request.path("method").asText()).isEqualTo("GET");
      assertThat(request.path("status").isInt()).isTrue();
      assertThat(request.path("bytes").isIntegralNumber()).isTrue();
      assertThat(request.path("ms").isNumber()).isTrue();
      for (String text : new String[] {"worker", "peer", "request_id"}) {
        assertThat(request.path(text).asText()).as(text).isNotEmpty();
      }
      assertThat(banner.path("banner").path("data").asText()).isEqualTo(data.toString());
      assertThat(banner.path("level").asText()).isEqualTo("INFO");
      assertThat(banner.path("message").asText()).startsWith("Signalbox ");
    }
  }

  @Test
  void givenALogLevelAboveInfo_whenTheSystemStarts_thenTheBannerIsStillThere() {
    try (SignalboxProcess process =
        OneProcess.launch(data(), settings("platform.log-level", "error"))) {
      process.awaitOutput(READY);

      assertThat(lines(process)).hasSize(1);
    }
  }

  static List<String> services() {
    return Distribution.SERVICES;
  }

  @ParameterizedTest
  @MethodSource("services")
  void givenTheJarOfAServiceAlone_whenItJoinsAClusterAndStops_thenEveryLineIsJson(String service) {
    Map<String, String> options = new HashMap<>(Map.of("platform.log-format", "json"));
    options.put("platform.cluster-name", "json-" + UUID.randomUUID());
    options.put("platform.cluster-port", Integer.toString(FreePorts.row(20)));
    options.put("data", data().toString());
    if (service.equals("gateway-service")) {
      options.putAll(Doors.choose().settings());
    }
    try (SignalboxProcess process =
        SignalboxProcess.start(
            service, Scratch.directory("json"), Distribution.serviceAlone(service, options))) {
      process.awaitOutput(service + " \\w+ is ready");
      process.stop();

      lines(process);
    }
  }

  @Test
  void givenJsonLogs_whenTheConfigurationHasErrors_thenTheyAreJsonToo() {
    try (SignalboxProcess process =
        OneProcess.launch(data(), settings("gateway.colour", "red", "ping.lease-time", "-1s"))) {
      assertThat(process.awaitExit()).isEqualTo(2);

      assertThat(lines(process).getLast().path("message").asText())
          .contains("gateway.colour")
          .contains("ping.lease-time");
    }
  }

  @Test
  void givenJsonLogs_whenTheMainDoorIsTaken_thenTheReasonIsJsonToo() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(holder.getLocalPort());
      try (SignalboxProcess process = OneProcess.launch(data(), settings("port", port))) {
        assertThat(process.awaitExit()).isEqualTo(1);

        assertThat(lines(process).getLast().path("message").asText()).contains(port);
      }
    }
  }
}
