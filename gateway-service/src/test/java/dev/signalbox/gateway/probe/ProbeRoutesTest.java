package dev.signalbox.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.contracts.httpprobe.ProbeRequest;
import dev.signalbox.gateway.FakeService;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeRoutesTest {

  private static final AtomicReference<ProbeRequest> ASKED = new AtomicReference<>();
  private static final AtomicBoolean CANCELLED = new AtomicBoolean();

  @TempDir private static Path directory;

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    Path modules =
        Files.writeString(
            directory.resolve("modules.yml"),
            """
            modules:
              host: {prober: http, http: {headers: {Host: own.test}}}
              words: {prober: http, http: {fail_if_body_not_matches_regexp: [hello]}}
              secret: {prober: http, http: {bearer_token: abracadabra}}
              packed: {prober: http, http: {compression: gzip}}
              tls: {prober: http, http: {fail_if_not_ssl: true}}
              limit: {prober: http, http: {body_size_limit: 2B}}
              large: {prober: http, http: {body_size_limit: 1GB}}
              old: {prober: http, http: {valid_http_versions: [HTTP/2.0]}}
            """);
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "http-probe-service",
                    endpoint ->
                        endpoint.serve(
                            HttpProbeContract.PROBE,
                            (request, call) -> {
                              ASKED.set(request);
                              if (request.url().endsWith("/hang")) {
                                Promise<TaskReply> never = Promise.promise();
                                call.cancellation()
                                    .onRequest(() -> {
                                      CANCELLED.set(true);
                                      never.tryFail(
                                          new ServiceException(ErrorCode.CANCELLED, "cancelled"));
                                    });
                                return never.future();
                              }
                              return reply(request);
                            }))),
            "probe.modules-file",
            modules.toString());
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> gateway.get("/probe?target=ready").status() == 200);
  }

  private static Future<TaskReply> reply(ProbeRequest request) {
    String url = request.url();
    if (url.endsWith("/busy")) {
      return failed(new TaskError("OVERLOADED", "no memory", null, "internal", true));
    }
    if (url.endsWith("/refused")) {
      return failed(
          new TaskError("CONNECT", "connection refused", "connect", "target", true)
              .withDetails(
                  Map.of(
                      "remote_ip",
                      "127.0.0.1",
                      "hops",
                      List.of(Map.of("timings_ms", Map.of("dns", 250, "connect", 250))))));
    }
    if (url.endsWith("/lost")) {
      return failed(
          new TaskError("CONNECT", "connection refused", "connect", "target", true)
              .withDetails(
                  Map.of(
                      "status_code",
                      302,
                      "remote_ip",
                      "127.0.0.2",
                      "headers_all",
                      Map.of("location", List.of("http://127.0.0.1:1/")),
                      "hops",
                      List.of(
                          Map.of(
                              "status_code",
                              302,
                              "remote_ip",
                              "127.0.0.1",
                              "timings_ms",
                              Map.of("connect", 250))))));
    }
    if (url.endsWith("/blocked")) {
      return failed(
          new TaskError("BLOCKED_TARGET", "127.0.0.1 is blocked", "dns", "target", false));
    }
    if (url.endsWith("/bad")) {
      return invalid("/url", "is no URL");
    }
    if (url.endsWith("/authority")) {
      return invalid("/ca_pem", "has no certificate");
    }
    if (url.endsWith("/strict") && request.timeoutMs() != null) {
      return invalid("/timeout_ms", "must be between 1 and 5");
    }
    return Future.succeededFuture(
        TaskReply.Finished.of(
            Map.of(
                "status_code",
                url.endsWith("/404") ? 404 : 200,
                "http_version",
                "HTTP/1.1",
                "remote_ip",
                "127.0.0.1",
                "headers_all",
                Map.of(
                    "content-length",
                    List.of("5"),
                    "last-modified",
                    List.of(
                        url.endsWith("/dated") ? "Thursday, 01-Jan-70 00:01:00 GMT" : "rubbish")),
                "data",
                "hello",
                "data_encoding",
                "text",
                "body_bytes",
                5,
                "truncated",
                url.endsWith("/cut")
                    || (request.maxBodyBytes() != null && request.maxBodyBytes() < 5),
                "hops",
                List.of(
                    Map.of("timings_ms", Map.of("connect", 250, "first_byte", 500)),
                    Map.of("timings_ms", Map.of("connect", 250, "download", 1))))));
  }

  private static Future<TaskReply> failed(TaskError error) {
    return Future.succeededFuture(new TaskReply.Failed(error));
  }

  private static Future<TaskReply> invalid(String field, String rule) {
    return Future.failedFuture(
        new ServiceException(
            ErrorCode.INVALID_REQUEST, "bad", List.of(new FieldProblem(field, rule))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void givenATarget_whenProbed_thenTheMetricsAreThoseOfBlackboxExporter() {
    Reply reply = gateway.get("/probe?target=a.test/x");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(reply.body().lines())
        .contains(
            "# HELP probe_success Displays whether or not the probe was a success",
            "# TYPE probe_success gauge",
            "probe_success 1",
            "probe_http_status_code 200",
            "probe_http_version 1.1",
            "probe_http_content_length 5",
            "probe_http_uncompressed_body_length 5",
            "probe_http_redirects 1",
            "probe_http_duration_seconds{phase=\"connect\"} 0.5",
            "probe_http_duration_seconds{phase=\"processing\"} 0.5",
            "probe_http_duration_seconds{phase=\"transfer\"} 0.001",
            "probe_ip_protocol 4",
            "probe_ip_addr_hash 3668918509")
        .noneMatch(line -> line.contains("last_modified") || line.contains("probe_ssl"));
    assertThat(ASKED.get().url()).isEqualTo("http://a.test/x");
    assertThat(ASKED.get().ipFamily()).isEqualTo("prefer_ipv6");
    assertThat(ASKED.get().headers()).containsEntry("accept-encoding", List.of("identity"));
    assertThat(ASKED.get().includeBody()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "target=a/404 | probe_http_status_code 404",
        "target=a/refused | probe_http_status_code 0",
        "target=a/blocked | probe_ip_protocol 0",
        "target=a/bad | probe_http_version 0",
        "target=a&module=packed | probe_http_status_code 200",
        "target=a&module=tls | probe_http_ssl 0",
        "target=a&module=limit | probe_http_status_code 200",
        "target=a&module=old | probe_http_version 1.1"
      })
  void givenATargetThatIsNotAsWanted_whenProbed_thenItIsNoSuccess(String query, String metric) {
    Reply reply = gateway.get("/probe?" + query);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().lines()).contains("probe_success 0", metric);
  }

  @Test
  void givenATargetThatRefuses_whenProbed_thenNoTimeWentIntoAConnection() {
    assertThat(gateway.get("/probe?target=a/refused").body().lines())
        .contains(
            "probe_http_duration_seconds{phase=\"resolve\"} 0.25",
            "probe_http_duration_seconds{phase=\"connect\"} 0");
  }

  @Test
  void givenARedirectToNobody_whenProbed_thenThereIsNoResponse() {
    assertThat(gateway.get("/probe?target=a/lost").body().lines())
        .contains(
            "probe_success 0",
            "probe_http_status_code 0",
            "probe_http_redirects 1",
            "probe_http_duration_seconds{phase=\"connect\"} 0.25",
            "probe_ip_addr_hash 3668918509");
  }

  @Test
  void givenALimitAboveWhatIsRead_whenTheBodyIsLongerThanThat_thenItIsASuccess() {
    assertThat(gateway.get("/probe?target=a/cut&module=large").body())
        .contains("probe_success 1\n");
    assertThat(ASKED.get().maxBodyBytes()).isEqualTo(8_388_608);
  }

  @Test
  void givenADateInAnOldForm_whenProbed_thenItIsTheTimeOfTheLastChange() {
    assertThat(gateway.get("/probe?target=a/dated").body())
        .contains("probe_http_last_modified_timestamp_seconds 60\n");
  }

  @Test
  void givenASchemeInCapitals_whenProbed_thenTheUrlKeepsIt() {
    gateway.get("/probe?target=HTTP://a.test/");

    assertThat(ASKED.get().url()).isEqualTo("HTTP://a.test/");
  }

  @Test
  void givenAModuleThatMakesNoRequest_whenProbed_thenTheLogDoesNotBlameTheTarget() {
    assertThat(gateway.get("/probe?target=a/authority&debug=true").body())
        .contains("fields=/ca_pem", "probe_success 0\n")
        .doesNotContain("target URL");
  }

  @Test
  void givenExpressions_whenTheBodyMatches_thenItIsASuccess() {
    assertThat(gateway.get("/probe?target=a&module=words").body()).contains("probe_success 1\n");
    assertThat(ASKED.get().includeBody()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | Target parameter is missing",
        "target= | Target parameter is missing",
        "target=a&module=none | Unknown module \"none\"",
        "target=a&module=x%0Ay | Unknown module \"x\\ny\"",
        "target=a&target=b | The query names a parameter twice",
        "target=a&hostname=b%0D%0AX:%20c | hostname must be a host name",
        "target=a&module=host&hostname=b | hostname must equal the header Host of module \"host\""
      })
  void givenABrokenRequest_whenProbed_thenItIs400(String query, String rule) {
    Reply reply = gateway.get("/probe?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.body()).contains(rule);
  }

  @ParameterizedTest
  @CsvSource({"abc", "NaN", "-1", "1e400"})
  void givenABrokenTimeout_whenProbed_thenItIs400(String timeout) {
    Reply reply =
        gateway.send("main", "GET", "/probe?target=a", null, ScrapeTimeout.HEADER, timeout);

    assertThat(reply.status()).isEqualTo(400);
  }

  @Test
  void givenATimeout_whenProbed_thenTheProbeHasLess() {
    gateway.send("main", "GET", "/probe?target=a", null, ScrapeTimeout.HEADER, "10");

    assertThat(ASKED.get().timeoutMs()).isEqualTo(9_500);
  }

  @Test
  void givenAnOperatorWhoAllowsLess_whenProbed_thenTheServicesOwnTimeHolds() {
    assertThat(gateway.get("/probe?target=a/strict").body()).contains("probe_success 1\n");
    assertThat(ASKED.get().timeoutMs()).isNull();
    assertThat(ASKED.get().maxBodyBytes()).isNotNull();
  }

  @Test
  void givenAHostname_whenProbed_thenItIsTheHostAndTheNameInTls() {
    gateway.get("/probe?target=https://192.0.2.1/&hostname=b.test:8443");

    assertThat(ASKED.get().headers()).containsEntry("host", List.of("b.test:8443"));
    assertThat(ASKED.get().serverName()).isEqualTo("b.test");
  }

  @Test
  void givenDebug_whenProbed_thenLogMetricsAndModuleAreShownWithoutSecrets() {
    Reply reply = gateway.get("/probe?target=a%0Ab/refused&module=secret&debug=true");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body())
        .contains(
            "Logs for the probe:\n",
            "target=\"a\\nb/refused\"",
            "connection refused",
            "Metrics that would have been returned:\n# HELP",
            "Module configuration:\nprober: \"http\"")
        .doesNotContain("abracadabra");
    assertThat(ASKED.get().headers()).containsEntry("authorization", List.of("Bearer abracadabra"));
  }

  @Test
  void givenAServiceWithoutMemory_whenProbed_thenItIs503AndNoStatementAboutTheTarget() {
    Reply reply = gateway.get("/probe?target=a/busy");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).doesNotContain("probe_success");
  }

  @Test
  void givenNoServiceForIt_whenProbed_thenItIs503() throws IOException {
    Path modules =
        Files.writeString(
            directory.resolve("dns.yml"), "modules: {d: {prober: dns, dns: {query_name: a}}}");
    try (GatewayFixture alone = GatewayFixture.start("probe.modules-file", modules.toString())) {
      assertThat(alone.get("/probe?target=a").status()).isEqualTo(503);
      assertThat(alone.get("/probe?target=a&module=d").status()).isEqualTo(503);
    }
  }

  @Test
  void givenAPageOfAnotherSite_whenItProbes_thenItMayNot() {
    Reply reply =
        gateway.send("main", "GET", "/probe?target=a", null, "Origin", "https://evil.example");

    assertThat(reply.status()).isEqualTo(403);
  }

  @Test
  void givenAProbeThatHangs_whenTheClientLeaves_thenTheProbeIsCancelled() {
    CANCELLED.set(false);
    ASKED.set(null);
    try (var client = gateway.raw()) {
      client.send(
          "GET /probe?target=a/hang HTTP/1.1\r\nHost: 127.0.0.1:"
              + gateway.port("main")
              + "\r\n\r\n");
      await().atMost(10, TimeUnit.SECONDS).until(() -> ASKED.get() != null);
    }

    await().atMost(10, TimeUnit.SECONDS).untilTrue(CANCELLED);
  }
}
