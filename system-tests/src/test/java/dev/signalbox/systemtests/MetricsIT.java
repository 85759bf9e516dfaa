package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What operators read: metrics after traffic on every service, load, the request log. */
@LongTest
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

  /** By the conventions of Prometheus: letters and digits in words, base units written out. */
  private static final String NAME = "[a-z][a-z0-9]*(_[a-z0-9]+)*";

  private static final String ABBREVIATED_UNIT = ".*_(s|ms|us|ns|sec|millis|kb|mb|b)(_total)?";

  private static final int REQUESTS = 10_000;
  private static final int AT_ONCE = 16;

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
    // Those of the JVM are registered when the process is ready already.
    system.process().await("to measure its JVM", () -> scrape().contains("\njvm_threads_"));
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

  private static String scrape() {
    return get("/metrics").text();
  }

  private static Reply post(String path, String json) {
    Reply reply = Http.post(system.doors().main(), path, json);
    assertThat(reply.status()).as(reply.toString()).isBetween(200, 201);
    return reply;
  }

  private static void task(String json, String status) {
    assertThat(post("/api/v1/tasks", json).json().path("status").asText()).isEqualTo(status);
  }

  /** All series, as their names and labels. */
  private static Set<String> series(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(0, line.lastIndexOf(' ')))
        .collect(Collectors.toSet());
  }

  /** Names of all metrics, without what the series of a histogram or summary add to its name. */
  private static Set<String> families() {
    Map<String, String> types = comments("TYPE");
    return series(metrics).stream()
        .map(series -> series.split("\\{", 2)[0])
        .map(name ->
            SERIES_OF_A_HISTOGRAM.stream()
                .filter(name::endsWith)
                .map(suffix -> name.substring(0, name.length() - suffix.length()))
                .filter(types::containsKey)
                .findFirst()
                .orElse(name))
        .collect(Collectors.toCollection(TreeSet::new));
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
              .isIn("counter", "gauge", "histogram", "summary");
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
  void givenTrafficWhenScrapedThenNamesFollowTheConventions() {
    Map<String, String> types = comments("TYPE");

    assertThat(types)
        .isNotEmpty()
        .allSatisfy((name, type) -> {
          assertThat(name).matches(NAME).doesNotMatch(ABBREVIATED_UNIT);
          assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
          assertThat(name).doesNotMatch(".*_(bucket|count|sum)");
        });
    assertThat(types.keySet()).containsAll(families());
  }

  @Test
  void givenTrafficWhenScrapedThenNoSeriesIsThereTwice() {
    assertThat(
            metrics
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.lastIndexOf(' '))))
        .isNotEmpty()
        .doesNotHaveDuplicates();
    assertThat(lines("# TYPE ")).doesNotHaveDuplicates();
  }

  @Test
  void givenServicesInOneProcessWhenScrapedThenItsJvmIsThereOnceAndEachStorageApart() {
    assertThat(lines("process_cpu_seconds_total")).hasSize(1);
    assertThat(lines("signalbox_build_info{")).singleElement().asString().endsWith("} 1");
    assertThat(lines("signalbox_storage_available{"))
        .containsExactlyInAnyOrder(
            "signalbox_storage_available{service=\"code-service\"} 1.0",
            "signalbox_storage_available{service=\"ping-coordinator\"} 1.0",
            "signalbox_storage_available{service=\"server-factory-service\"} 1.0");
    assertThat(lines("signalbox_storage_commit_writes_count{service=\"code-service\"}"))
        .singleElement()
        .asString()
        .doesNotEndWith(" 0");
  }

  @Test
  void givenTrafficWhenScrapedThenPromtoolFindsNothing() {
    checkByPromtool(metrics);
  }

  @Test
  void givenAMemberOfAClusterWhenItsGatewayIsScrapedThenPromtoolFindsNothing() {
    try (Cluster cluster = Cluster.gatewayAlone(Shape.settings())) {
      int gateway = cluster.doors().main();
      Awaitility.await("the gateway measures its JVM")
          .until(() -> Http.get(gateway, "/metrics").text().contains("\njvm_threads_"));
      String text = Http.get(gateway, "/metrics").text();

      assertThat(text).contains("\nsignalbox_members_present ", "\nsignalbox_gateway_in_flight ");
      checkByPromtool(text);
    }
  }

  private static void checkByPromtool(String text) {
    Programs.Outcome checked =
        Programs.run(List.of(TestPrograms.require("promtool"), "check", "metrics"), text);

    // Style is a finding with exit code 3; anything it says is one.
    assertThat(checked.text() + checked.errors()).isEmpty();
    assertThat(checked.exitCode()).isZero();
  }

  /** A request whose path, query, method and headers nobody sent before. */
  private static HttpRequest strange(int number) {
    String path =
        switch (number % 7) {
          case 0 -> "/nothing/like/" + number;
          case 1 -> "/api/v1/files/file-" + number;
          case 2 -> "/servers/server-" + number + "/page";
          case 3 -> "/api/v1/servers/" + number;
          case 4 -> "/api/v1/census/tasks/" + number;
          case 5 -> "/api/v1/messages/" + number + "?limit=" + number;
          default -> "/" + number;
        };
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + system.doors().main() + path))
        .timeout(Duration.ofSeconds(30))
        .header("User-Agent", "strange/" + number)
        .method(number % 5 == 0 ? "M" + number : "GET", HttpRequest.BodyPublishers.noBody())
        .build();
  }

  /** Sends requests, some at once. */
  private static int send(HttpClient client, int from, int until) {
    AtomicInteger answered = new AtomicInteger();
    Semaphore places = new Semaphore(AT_ONCE);
    for (int i = from; i < until; i++) {
      places.acquireUninterruptibly();
      client
          .sendAsync(strange(i), BodyHandlers.discarding())
          .whenComplete((reply, failure) -> {
            if (failure == null && reply.statusCode() > 0) {
              answered.incrementAndGet();
            }
            places.release();
          });
    }
    places.acquireUninterruptibly(AT_ONCE);
    return answered.get();
  }

  @Test
  void givenTenThousandDifferentPathsWhenScrapedThenThereAreNoMoreSeriesThanForAFew() {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      assertThat(send(client, 0, 70)).isEqualTo(70);
      Set<String> before = series(scrape());

      assertThat(send(client, 70, REQUESTS)).isEqualTo(REQUESTS - 70);

      // A cause of a collection that did not occur before is a series of its own.
      assertThat(series(scrape()))
          .filteredOn(series -> !series.startsWith("jvm_gc_"))
          .isSubsetOf(before);
    }
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
