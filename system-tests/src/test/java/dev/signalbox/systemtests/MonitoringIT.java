package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code monitoring/} has for Prometheus and Grafana, against a running system. */
@LongTest
class MonitoringIT {

  private static final String RULES = "monitoring/rules/signalbox.yml";
  private static final String TESTS = "monitoring/tests/signalbox.yml";
  private static final String CONFIG = "monitoring/prometheus.yml";
  private static final String SOURCE = "monitoring/grafana/provisioning/datasources/signalbox.yml";
  private static final Pattern METRIC =
      Pattern.compile("\\b(signalbox|jvm|process|system|disk)_[a-z0-9_]+\\b");
  private static final Pattern ALERT = Pattern.compile("(?m)^ *- alert: (\\w+)");
  private static final Pattern SERIES = Pattern.compile("(?m)^([a-z]\\w*)[{ ]");
  private static final int COLUMNS = 24;

  private static OneProcess system;
  private static int managementPort;

  @BeforeAll
  static void traffic() {
    managementPort = FreePorts.next();
    system =
        OneProcess.start(
            Shape.settings(
                "platform.management-port",
                Integer.toString(managementPort),
                // Nobody listens there, so spans are dropped.
                "platform.trace-endpoint",
                "http://127.0.0.1:" + FreePorts.next(),
                "gateway.audit-log",
                Scratch.directory("audit").resolve("audit.log").toString()));
    int main = system.doors().main();
    ok(Http.post(main, "/api/v1/codes", "{\"uuid\":\"" + UUID.randomUUID() + "\"}"));
    ok(Http.post(main, "/api/v1/tasks", task("dns_query", "\"domain\":\"example.com\"")));
    String page = "\"page_uri\":\"/page\",\"response_data\":\"here\"";
    Reply server = ok(Http.post(main, "/api/v1/servers", "{" + page + "}"));
    ok(Http.get(main, "/servers/" + server.json().path("server_id").asText() + "/page"));
    ok(Http.send(main, "PUT", "/api/v1/files/a/b.txt", "b", "Content-Type: text/plain"));
    // A directory is not to be deleted, which makes an error of an operation.
    Reply refused = Http.send(main, "DELETE", "/api/v1/files/a", "");
    assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
    system
        .process()
        .await("to collect garbage", () -> metrics().contains("\njvm_gc_pause_seconds_count{"));
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  private static String task(String name, String params) {
    return "{\"task_name\":\"" + name + "\",\"params\":{" + params + "}}";
  }

  private static Reply ok(Reply reply) {
    assertThat(reply.status()).as(reply.toString()).isBetween(200, 201);
    return reply;
  }

  private static String metrics() {
    return ok(Http.get(managementPort, "/metrics")).text();
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static List<String> alerts() {
    return ALERT.matcher(MarkdownPage.text(RULES)).results().map(alert -> alert.group(1)).toList();
  }

  private static List<JsonNode> dashboards() {
    try (Stream<Path> files = Files.list(MarkdownPage.path("monitoring/grafana/dashboards"))) {
      return files.sorted().map(MonitoringIT::dashboard).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode dashboard(Path file) {
    try {
      return Reply.json(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Panels that show something, without the headings between them. */
  private static List<JsonNode> panels(JsonNode dashboard) {
    return all(dashboard.path("panels")).stream()
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  private static List<JsonNode> all(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static List<String> expressions() {
    return dashboards().stream()
        .flatMap(dashboard -> panels(dashboard).stream())
        .flatMap(panel -> panel.path("targets").findValuesAsText("expr").stream())
        .toList();
  }

  @Test
  void givenAlertsAndDashboards_whenTheirMetricsAreLookedUp_thenARunningSystemExposesEach() {
    Set<String> used = new TreeSet<>(found(METRIC, MarkdownPage.text(RULES)));
    expressions().forEach(expression -> used.addAll(found(METRIC, expression)));
    Set<String> exposed = new HashSet<>();
    SERIES.matcher(metrics()).results().map(name -> name.group(1)).forEach(exposed::add);
    // Some are there only in a cluster.
    try (Cluster cluster = Cluster.gatewayAlone(Shape.settings())) {
      int gateway = cluster.doors().main();
      SERIES
          .matcher(ok(Http.get(gateway, "/metrics")).text())
          .results()
          .map(name -> name.group(1))
          .forEach(exposed::add);
    }

    assertThat(used).hasSizeGreaterThan(40);
    assertThat(exposed).containsAll(used);
  }

  @Test
  void givenTheRules_whenPromtoolTestsThem_thenEachFiresWhenItShould() {
    String promtool = TestPrograms.require("promtool");

    Programs.Outcome config = Programs.run(List.of(promtool, "check", "config", path(CONFIG)));
    Programs.Outcome tests = Programs.run(List.of(promtool, "test", "rules", path(TESTS)));

    assertThat(config.exitCode()).as(config.toString()).isZero();
    assertThat(config.text()).contains(alerts().size() + " rules found");
    assertThat(tests.exitCode()).as(tests.toString()).isZero();
  }

  private static String path(String file) {
    return MarkdownPage.path(file).toString();
  }

  @Test
  void givenTheAlerts_whenTheirTestsAreListed_thenEachFiresInOneAndNotInAnother() {
    String tests = MarkdownPage.text(TESTS);

    assertThat(alerts())
        .hasSizeGreaterThan(15)
        .doesNotHaveDuplicates()
        .allSatisfy(alert ->
            assertThat(tests)
                .containsPattern("alertname: " + alert + "\\n")
                .containsPattern(
                    "\\{alertname: " + alert + ", eval_time: \\w+, exp_alerts: \\[]}"));
  }

  @Test
  void givenTheDashboards_whenRead_thenEachPanelSaysWhatItShowsAndInWhichUnit() {
    String source = MarkdownPage.text(SOURCE);

    assertThat(dashboards()).hasSizeGreaterThan(3);
    assertThat(dashboards().stream().map(dashboard -> dashboard.path("uid").asText()))
        .doesNotHaveDuplicates()
        .allSatisfy(uid -> assertThat(uid).matches("signalbox-[a-z]+"));
    for (JsonNode dashboard : dashboards()) {
      assertThat(all(dashboard.path("panels")).stream().map(panel -> panel.path("id").asInt()))
          .doesNotHaveDuplicates();
      assertThat(panels(dashboard))
          .isNotEmpty()
          .allSatisfy(panel -> {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.path("description").asText()).isNotBlank();
            assertThat(panel.at("/fieldConfig/defaults/unit").asText()).isNotBlank();
            assertThat(panel.path("targets")).isNotEmpty();
            assertThat(panel.findValues("datasource"))
                .allSatisfy(used ->
                    assertThat(source).contains("\n    uid: " + used.path("uid").asText() + "\n"));
          });
      assertNothingOverlaps(dashboard);
    }
  }

  private static void assertNothingOverlaps(JsonNode dashboard) {
    Set<String> taken = new HashSet<>();
    for (JsonNode panel : all(dashboard.path("panels"))) {
      JsonNode place = panel.path("gridPos");
      int left = place.path("x").asInt();
      int top = place.path("y").asInt();
      assertThat(left + place.path("w").asInt()).isBetween(1, COLUMNS);
      for (int x = left; x < left + place.path("w").asInt(); x++) {
        for (int y = top; y < top + place.path("h").asInt(); y++) {
          assertThat(taken.add(x + "," + y)).as(panel.path("title").asText()).isTrue();
        }
      }
    }
  }

  @Test
  void givenTheProfileOfTheContainers_whenRead_thenNothingIsPublishedBeyondThisMachine() {
    String compose = MarkdownPage.text("docker-compose.yml");
    String profile =
        compose.substring(compose.indexOf("\n  prometheus:\n"), compose.indexOf("\n  postgres:\n"));

    assertThat(found(Pattern.compile("image: \\S+:v?\\d+\\.\\d+\\.\\d+\\n"), profile)).hasSize(2);
    assertThat(found(Pattern.compile("- \\S+:(9090|3000)\\n"), profile))
        .hasSize(2)
        .allSatisfy(port -> assertThat(port).startsWith("- 127.0.0.1:"));
    assertThat(found(Pattern.compile("- \\./monitoring\\S+"), profile))
        .hasSize(4)
        .allSatisfy(mount -> {
          assertThat(mount).endsWith(":ro");
          assertThat(MarkdownPage.path(mount.substring(4).split(":", 2)[0])).exists();
        });
  }

  @Test
  void givenPrometheus_whenItReadsTheSystem_thenItsAlertsAndEveryPanelAreAnswered()
      throws IOException {
    int port = FreePorts.next();
    try (SignalboxProcess prometheus = prometheus(port)) {
      prometheus.await("to read the system", () -> up(port));
      // Rates need two scrapes.
      prometheus.await(
          "to have read it twice",
          () -> !query(port, "rate(process_cpu_seconds_total[1m])").isEmpty());

      JsonNode target = get(port, "/api/v1/targets").at("/data/activeTargets/0");
      assertThat(target.path("lastError").asText()).isEmpty();
      assertThat(target.at("/labels/job").asText()).isEqualTo("signalbox");
      assertThat(query(port, "signalbox_build_info").at("/0/value/1").asText()).isEqualTo("1");
      List<JsonNode> rules = all(get(port, "/api/v1/rules").at("/data/groups/0/rules"));
      assertThat(rules.stream().map(rule -> rule.path("name").asText()))
          .containsExactlyElementsOf(alerts());
      prometheus.await("to evaluate the alerts", () -> evaluated(port));
      assertThat(silent(port)).isEmpty();
    }
  }

  /** Panels without an answer although the system has the metrics, or traffic of that kind. */
  private static List<String> silent(int port) {
    List<String> silent = new ArrayList<>();
    for (String expression : expressions()) {
      String asked = expression.replace("$__rate_interval", "1m").replace("$instance", ".*");
      boolean always =
          Stream.of("> 0", "5xx", "signalbox_members", "[1h]").noneMatch(expression::contains);
      // Also one that always answers nothing must be understood, which query checks.
      if (query(port, asked).isEmpty() && always) {
        silent.add(asked);
      }
    }
    return silent;
  }

  private static SignalboxProcess prometheus(int port) throws IOException {
    String program = TestPrograms.require("prometheus");
    Path directory = Scratch.directory("prometheus");
    Path rules = Files.createDirectory(directory.resolve("rules"));
    Files.copy(MarkdownPage.path(RULES), rules.resolve("signalbox.yml"));
    String config =
        MarkdownPage.text(CONFIG)
            .replaceFirst(
                "(?s)dns_sd_configs:.*?refresh_interval: 15s",
                "static_configs:\n      - targets: ['127.0.0.1:" + managementPort + "']")
            .replaceAll("_(interval|timeout): 1[05]s", "_$1: 1s");
    Path file = Files.writeString(directory.resolve("prometheus.yml"), config);
    return SignalboxProcess.start(
        "prometheus",
        directory,
        Arrays.asList(
            program,
            "--config.file=" + file,
            "--storage.tsdb.path=" + directory.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port));
  }

  private static boolean up(int port) {
    try {
      return query(port, "up{job=\"signalbox\"} == 1").size() == 1;
    } catch (AssertionError | RuntimeException e) {
      return false; // It does not listen yet.
    }
  }

  private static boolean evaluated(int port) {
    List<JsonNode> rules = all(get(port, "/api/v1/rules").at("/data/groups/0/rules"));
    return rules.stream().allMatch(rule -> rule.path("health").asText().equals("ok"));
  }

  private static JsonNode get(int port, String path) {
    Reply reply = Http.get(port, path);
    assertThat(reply.status()).as(path + " " + reply).isEqualTo(200);
    return reply.json();
  }

  /** The results of an expression, which Prometheus must accept. */
  private static JsonNode query(int port, String expression) {
    String encoded = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    JsonNode reply = get(port, "/api/v1/query?query=" + encoded);
    assertThat(reply.path("status").asText()).as(expression).isEqualTo("success");
    return reply.at("/data/result");
  }
}
