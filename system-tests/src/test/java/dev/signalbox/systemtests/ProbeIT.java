package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code GET /probe} beside blackbox_exporter, and scraped by Prometheus. */
class ProbeIT {

  /** Values that differ from probe to probe. */
  private static final String TIMES =
      "probe_(dns_lookup_time|duration|http_duration|dns_duration)_seconds.*";

  private static final String PAGE = "docs/coming-from/blackbox-exporter.md";
  private static final TestCertificate CERTIFICATE =
      TestCertificate.selfSigned("localhost", 30, "dns:localhost", "ip:127.0.0.1");

  private static Path modules;
  private static FakeHttpServer web;
  private static FakeHttpServer secured;
  private static OneProcess system;

  @BeforeAll
  static void start() throws IOException {
    Path directory = Scratch.directory("probe");
    Path authority = Files.writeString(directory.resolve("ca.pem"), CERTIFICATE.certificatePem());
    modules =
        Files.writeString(
            directory.resolve("blackbox.yml"),
            """
            modules:
              http_2xx: {prober: http}
              stay: {prober: http, http: {follow_redirects: false, valid_status_codes: [302]}}
              words: {prober: http, http: {fail_if_body_matches_regexp: [hello]}}
              header: {prober: http, http: {fail_if_header_not_matches: [{header: X-A, regexp: b}]}}
              plain: {prober: http, http: {fail_if_not_ssl: true}}
              any: {prober: http, http: {tls_config: {insecure_skip_verify: true}}}
              ours: {prober: http, http: {tls_config: {ca_file: %s}}}
              a: {prober: dns, dns: {query_name: example.com, query_type: A}}
              tcp: {prober: dns, dns: {query_name: example.com, query_type: MX, transport_protocol: tcp}}
              none: {prober: dns, dns: {query_name: nx.example.com, query_type: A}}
              rules:
                prober: dns
                dns:
                  query_name: example.com
                  query_type: A
                  validate_answer_rrs: {fail_if_not_matches_regexp: ["example.com.\\t300\\tIN\\tA\\t192.*"]}
            """
                .formatted(authority));
    web =
        FakeHttpServer.start((request, out) ->
            (switch (request.target()) {
                  case "/moved" -> HttpAnswer.redirect(302, "/");
                  case "/loop" -> HttpAnswer.redirectLoop();
                  case "/gone" -> HttpAnswer.of(404, "no");
                  default ->
                      HttpAnswer.of(
                          200, "hello", "X-A: b", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT");
                })
                .answer(request, out));
    secured = FakeHttpServer.startTls(CERTIFICATE, HttpAnswer.of(200, "hello"));
    system = OneProcess.start(Shape.settings("probe.modules-file", modules.toString()));
  }

  @AfterAll
  static void stop() {
    system.close();
    web.close();
    secured.close();
  }

  private static Map<String, String> queries() {
    String here = "127.0.0.1:" + web.port();
    String there = "https://127.0.0.1:" + secured.port() + "/";
    String dns = Surroundings.resolver();
    Map<String, String> queries = new TreeMap<>();
    queries.put("target=" + here, "1");
    queries.put("target=http://" + here + "/gone", "0");
    queries.put("target=http://" + here + "/moved", "1");
    queries.put("target=http://" + here + "/moved&module=stay", "1");
    queries.put("target=http://" + here + "/&module=words", "0");
    queries.put("target=http://" + here + "/&module=header", "1");
    queries.put("target=http://" + here + "/&module=plain", "0");
    queries.put("target=http://" + here + "/&hostname=a.example", "1");
    queries.put("target=127.0.0.1:1", "0");
    queries.put("target=" + there, "0");
    queries.put("target=" + there + "&module=any", "1");
    queries.put("target=" + there + "&module=ours", "1");
    queries.put("target=" + dns + "&module=a", "1");
    queries.put("target=" + dns + "&module=tcp", "1");
    queries.put("target=" + dns + "&module=none", "0");
    queries.put("target=" + dns + "&module=rules", "1");
    queries.put("target=127.0.0.1:1&module=a", "0");
    return queries;
  }

  private static String probe(int port, String query) {
    Reply reply = Http.get(port, "/probe?" + query);
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply.text();
  }

  @Test
  void givenTargets_whenProbed_thenSuccessIsAsTheModuleWants() {
    queries()
        .forEach((query, success) ->
            assertThat(probe(system.doors().main(), query).lines())
                .as(query)
                .contains("probe_success " + success));
  }

  @Test
  void givenTheTasksDoor_whenProbed_thenItAnswersToo() {
    assertThat(probe(system.doors().tasks(), "target=127.0.0.1:" + web.port()))
        .contains("probe_success 1\n");
  }

  @Test
  void givenBlackboxExporter_whenBothProbe_thenNamesLabelsTextsAndValuesAreTheSame() {
    String program = TestPrograms.require("prometheus-blackbox-exporter");
    int port = FreePorts.next();
    List<String> command =
        List.of(program, "--config.file=" + modules, "--web.listen-address=127.0.0.1:" + port);
    try (SignalboxProcess exporter =
        SignalboxProcess.start("exporter", Scratch.directory("exporter"), command)) {
      exporter.await("to listen", () -> !FreePorts.free(port));
      for (String query : queries().keySet()) {
        String theirs = probe(port, query);
        String ours = probe(system.doors().main(), query);

        assertThat(comments(ours, theirs)).as(query).isEqualTo(comments(theirs, theirs));
        assertThat(samples(ours, theirs)).as(query).isEqualTo(samples(theirs, theirs));
      }
    }
  }

  /** What earlier releases of blackbox_exporter do not have. */
  private static boolean newer(String line, String theirs) {
    return line.contains("probe_tls_cipher_info") && !theirs.contains("probe_tls_cipher_info");
  }

  private static Set<String> comments(String metrics, String theirs) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("#") && !newer(line, theirs))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Values by name and labels; of times only that they are there. */
  private static Map<String, Double> samples(String metrics, String theirs) {
    return metrics
        .lines()
        .filter(line -> !line.startsWith("#") && !newer(line, theirs))
        .collect(
            Collectors.toMap(
                // Later releases of blackbox_exporter show the serial number.
                line ->
                    line.substring(0, line.lastIndexOf(' '))
                        .replaceAll("serialnumber=\"[^\"]*\",?", ""),
                line ->
                    line.matches(TIMES)
                        ? 0
                        : Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)),
                (one, other) -> other,
                TreeMap::new));
  }

  @Test
  void givenPrometheus_whenItScrapesByThePagesConfiguration_thenItKnowsWhatSucceeds()
      throws IOException {
    String program = TestPrograms.require("prometheus");
    Path directory = Scratch.directory("prometheus");
    int port = FreePorts.next();
    String good = "http://127.0.0.1:" + Surroundings.webPort() + "/";
    String configuration =
        MarkdownPage.atDoors(MarkdownPage.read(PAGE).texts("yaml").get(1), system.doors())
            .replace("http://127.0.0.1:8090/", good)
            .replace("scrape_interval: 15s", "scrape_interval: 1s\n    scrape_timeout: 1s");
    Path file = Files.writeString(directory.resolve("prometheus.yml"), configuration);
    List<String> command =
        List.of(
            program,
            "--config.file=" + file,
            "--storage.tsdb.path=" + directory.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port);
    try (SignalboxProcess prometheus = SignalboxProcess.start("prometheus", directory, command)) {
      prometheus.await("to listen", () -> !FreePorts.free(port));
      prometheus.await("to scrape both", () -> results(port, "probe_success").size() == 2);

      assertThat(results(port, "probe_success"))
          .containsEntry(good, "1")
          .containsEntry("http://127.0.0.1:1/", "0");
      assertThat(results(port, "up"))
          .containsEntry(good, "1")
          .containsEntry("http://127.0.0.1:1/", "1");
    }
  }

  /** Values by instance, as Prometheus's API has them. */
  private static Map<String, String> results(int port, String query) {
    Map<String, String> results = new TreeMap<>();
    Reply reply = Http.get(port, "/api/v1/query?query=" + query);
    if (reply.status() == 200) {
      for (JsonNode result : reply.json().path("data").path("result")) {
        results.put(
            result.path("metric").path("instance").asText(), result.path("value").path(1).asText());
      }
    }
    return results;
  }
}
