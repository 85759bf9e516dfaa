package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators read: metrics after traffic on every service, load, the request log. */
class MetricsIT {

  /** An operation of each service that {@link #traffic} calls. */
  private static final List<String> CALLED =
      List.of(
          "dns.query-task",
          "http-probe.probe",
          "server-factory.list",
          "file.list",
          "code.issue",
          "ping.get-progress");

  /** Durations, as {@code HELP} and {@code TYPE} name them. */
  private static final List<String> DURATIONS =
      List.of("signalbox_operation_seconds", "signalbox_gateway_requests_seconds");

  private static final int BUCKETS = 15;
  private static final Set<String> SERIES_OF_A_HISTOGRAM = Set.of("_bucket", "_count", "_sum");

  private static OneProcess system;
  private static String metrics;

  @BeforeAll
  static void traffic() {
    system = OneProcess.start(Shape.settings());
    task("{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"example.com\"}}", "finished");
    String page = "http://127.0.0.1:" + Surroundings.webPort() + "/";
    task("{\"task_name\":\"http_probe\",\"params\":{\"url\":\"" + page + "\"}}", "finished");
    get("/api/v1/servers");
    get("/api/v1/files");
    get("/api/v1/census/progress");
    post("/api/v1/codes", "{\"uuid\":\"" + UUID.randomUUID() + "\"}");
    // An error of an operation, which has a counter of its own: a directory is not to be deleted.
    int main = system.doors().main();
    String text = "Content-Type: text/plain";
    Reply put = Http.send(main, "PUT", "/api/v1/files/metrics/page.txt", "page", text);
    assertThat(put.status()).as(put.toString()).isEqualTo(201);
    Reply refused = Http.send(main, "DELETE", "/api/v1/files/metrics", "");
    assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
    Reply reply = get("/metrics");
    assertThat(reply.header("content-type")).startsWith("text/plain; version=0.0.4");
    metrics = reply.text();
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static Reply get(String path) {
    Reply reply = Http.get(system.doors().main(), path);
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply;
  }

  private static Reply post(String path, String json) {
    Reply reply = Http.post(system.doors().main(), path, json);
    assertThat(reply.status()).as(reply.toString()).isBetween(200, 201);
    return reply;
  }

  private static void task(String json, String status) {
    assertThat(post("/api/v1/tasks", json).json().path("status").asText()).isEqualTo(status);
  }

  /** Names of all metrics, without what the series of a histogram add to its name. */
  private static Set<String> families() {
    return metrics
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .map(series ->
            DURATIONS.stream()
                .filter(duration -> SERIES_OF_A_HISTOGRAM.contains(series.replace(duration, "")))
                .findFirst()
                .orElse(series))
        .collect(Collectors.toSet());
  }

  private static Map<String, String> comments(String keyword) {
    Map<String, String> comments = new TreeMap<>();
    metrics
        .lines()
        .filter(line -> line.startsWith("# " + keyword + " "))
        .forEach(line -> {
          String[] words = line.split(" ", 4);
          comments.put(words[2], words.length == 4 ? words[3] : "");
        });
    return comments;
  }

  @Test
  void givenTrafficWhenScrapedThenEveryMetricHasHelpAndType() {
    assertThat(families())
        .contains("signalbox_service_in_flight", "signalbox_operation_failed_total")
        .containsAll(DURATIONS)
        .allSatisfy(name -> {
          assertThat(comments("HELP").get(name)).as("help of " + name).isNotBlank();
          assertThat(comments("TYPE").get(name))
              .as("type of " + name)
              .isIn("counter", "gauge", "histogram");
        });
  }

  @Test
  void givenTrafficWhenScrapedThenEachDurationHasBuckets() {
    assertThat(DURATIONS)
        .allSatisfy(duration -> {
          assertThat(comments("TYPE")).containsEntry(duration, "histogram");
          List<String> buckets = lines(duration + "_bucket{");
          assertThat(buckets).hasSize(BUCKETS * lines(duration + "_count{").size());
          assertThat(buckets)
              .anyMatch(line -> line.contains("le=\"0.001\""))
              .anyMatch(line -> line.contains("le=\"30.0\""))
              .anyMatch(line -> line.contains("le=\"+Inf\""));
        });
  }

  @Test
  void givenTrafficOnEveryServiceWhenScrapedThenEachIsTimed() {
    assertThat(CALLED)
        .allSatisfy(operation ->
            assertThat(lines("signalbox_operation_seconds_count{"))
                .anySatisfy(line ->
                    assertThat(line)
                        .contains("operation=\"" + operation + "\"")
                        .doesNotEndWith(" 0")));
  }

  private static List<String> lines(String prefix) {
    return metrics.lines().filter(line -> line.startsWith(prefix)).toList();
  }

  @Test
  void givenTrafficWhenScrapedThenPromtoolFindsNothing() throws Exception {
    boolean there =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "promtool")));
    if (!there && Boolean.getBoolean("signalbox.require.all")) {
      throw new AssertionError("promtool is not on this machine, and nothing may be skipped");
    }
    assumeTrue(there, "promtool is not on this machine: the metrics were not checked by it");

    Path input = Files.writeString(Scratch.directory("promtool").resolve("metrics"), metrics);
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(input.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(promtool.waitFor(20, TimeUnit.SECONDS)).isTrue();
    // Style is a finding with exit code 3; anything it says is one.
    assertThat(output).isEmpty();
    assertThat(promtool.exitValue()).isZero();
  }

  @Test
  void givenAServiceWithoutRequestsWhenListedThenItsPercentilesAreNull() {
    try (OneProcess idle = OneProcess.start(Shape.settings())) {
      JsonNode items = Http.get(idle.doors().main(), "/api/v1/services").json().path("items");

      assertThat(items).isNotEmpty();
      assertThat(items)
          .filteredOn(service -> service.path("service").asText().equals("dns-service"))
          .singleElement()
          .satisfies(service -> {
            assertThat(service.path("handled").asInt()).isZero();
            assertThat(service.path("p50_ms").isNull()).isTrue();
            assertThat(service.path("p99_ms").isNull()).isTrue();
          });
    }
  }

  @Test
  void givenAServiceWithRequestsWhenListedThenItsPercentilesAreNumbers() {
    system
        .process()
        .await(
            "to announce the load of dns-service",
            () ->
                get("/api/v1/services").json().path("items").findParents("p50_ms").stream()
                    .filter(service -> service.path("service").asText().equals("dns-service"))
                    .anyMatch(service ->
                        service.path("p50_ms").asDouble() > 0
                            && service.path("p99_ms").isNumber()));
  }
}
