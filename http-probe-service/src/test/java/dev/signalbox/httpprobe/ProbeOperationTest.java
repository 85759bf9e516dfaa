package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.contracts.httpprobe.ProbeRequest;
import dev.signalbox.httpprobe.probe.ProbeRig;
import dev.signalbox.httpprobe.task.HttpProbeTasks;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.task.Param;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.HttpReceived;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The operation {@code http-probe.run}, which the task {@code http_probe} does the same as. */
class ProbeOperationTest {

  private static final TestCertificate SERVER =
      TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");
  private static final TestCertificate MONITOR = TestCertificate.selfSigned("monitor", 30);

  @TempDir private static Path certificates;

  private static TestNode node;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        certificates.resolve("monitor.pem"), MONITOR.keyPem() + MONITOR.certificatePem());
    node =
        TestNode.start(
            HttpProbeMain.SERVICE,
            Map.of(
                "guard.allow-private",
                "true",
                "http-probe.client-certificates",
                certificates.toString()));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** A request with some components, by the names they have on the bus. */
  private static ProbeRequest request(String url, Map<String, Object> components) {
    Map<String, Object> all = new HashMap<>(components);
    all.put("url", url);
    all.putIfAbsent("headers", Map.of());
    all.putIfAbsent("assertions", List.of());
    return Json.mapper().convertValue(all, ProbeRequest.class);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> result(ProbeRequest request) {
    TaskReply reply = node.call(HttpProbeContract.PROBE, request);
    return (Map<String, Object>) ((TaskReply.Finished) reply).result();
  }

  @Test
  void givenTheTask_whenItsParametersAreCompared_thenTheRequestHasThemAll() {
    Map<?, ?> components =
        Json.mapper().convertValue(ProbeRequest.of("http://a.example/"), LinkedHashMap.class);

    assertThat(new HttpProbeTasks(ProbeRig.config()).probeSpec().params())
        .extracting(Param::name)
        .hasSameElementsAs(components.keySet().stream().map(String::valueOf).toList());
  }

  @Test
  void givenAUrl_whenItIsProbed_thenTheResultIsThatOfTheTask() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      Map<String, Object> byOperation = result(ProbeRequest.of(server.url("/")));
      Map<String, Object> byTask = new ProbeClient(node).probe(server.url("/"));

      assertThat(byOperation).containsEntry("data", "ok").containsOnlyKeys(byTask.keySet());
    }
  }

  @Test
  void givenARequestInFull_whenItIsProbed_thenEveryPartOfItIsUsed() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "{\"a\":1}"))) {
      Map<String, Object> result =
          result(
              request(
                  server.url("/"),
                  Map.of(
                      "method",
                      "POST",
                      "headers",
                      Map.of("X-Trace", List.of("a", "b")),
                      "body",
                      "sent",
                      "assertions",
                      List.of(
                          Map.of(
                              "source",
                              "json",
                              "property",
                              "$.a",
                              "comparison",
                              "equals",
                              "target",
                              "1")))));

      assertThat(result).containsEntry("success", true);
      HttpReceived received = server.requests().getFirst();
      assertThat(received.method()).isEqualTo("POST");
      assertThat(received.body()).isEqualTo("sent");
      assertThat(received.headers()).containsEntry("x-trace", "a, b");
    }
  }

  @Test
  void givenAuthoritiesAndTheNameOfACertificate_whenTheServerAsksForOne_thenBothAreUsed() {
    try (FakeHttpServer server =
        FakeHttpServer.startMutualTls(SERVER, MONITOR, "TLSv1.3", HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result =
          result(
              request(
                  server.url("/"),
                  Map.of("ca_pem", SERVER.certificatePem(), "client_certificate", "monitor")));

      assertThat(ProbeClient.object(result, "tls"))
          .containsEntry("verified", true)
          .containsEntry("client_certificate", "monitor");
    }
  }

  @Test
  void givenATargetThatRefuses_whenItIsProbed_thenTheReplyIsTheErrorOfTheTask() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    TaskReply reply =
        node.call(HttpProbeContract.PROBE, ProbeRequest.of("http://127.0.0.1:" + port + "/"));

    assertThat(reply)
        .isInstanceOfSatisfying(
            TaskReply.Failed.class,
            failed -> assertThat(failed.error().code()).isEqualTo("CONNECT"));
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        Arguments.of(Map.of("url", "ftp://a.example/"), "/url"),
        Arguments.of(Map.of("method", "BREW"), "/method"),
        Arguments.of(Map.of("headers", Map.of("a b", List.of("x"))), "/headers"),
        Arguments.of(Map.of("timeout_ms", 0), "/timeout_ms"),
        Arguments.of(Map.of("max_redirects", 31), "/max_redirects"),
        Arguments.of(Map.of("ip_family", "ipv5"), "/ip_family"),
        Arguments.of(Map.of("connect_to", "a b"), "/connect_to"),
        Arguments.of(Map.of("http_version", "3"), "/http_version"),
        Arguments.of(Map.of("server_name", "a b"), "/server_name"),
        Arguments.of(Map.of("ca_pem", "no certificate"), "/ca_pem"),
        Arguments.of(Map.of("client_certificate", "unknown"), "/client_certificate"),
        Arguments.of(Map.of("max_body_bytes", -1), "/max_body_bytes"),
        Arguments.of(
            Map.of("assertions", List.of(Map.of("source", "header", "comparison", "exists"))),
            "/assertions/0/property"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("invalid")
  void givenARequestThatBreaksARule_whenItIsSent_thenTheErrorNamesTheField(
      Map<String, Object> components, String field) {
    String url = (String) components.getOrDefault("url", "https://127.0.0.1/");

    assertThatThrownBy(() -> node.call(HttpProbeContract.PROBE, request(url, components)))
        .isInstanceOfSatisfying(
            ServiceException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(refused.problems())
                  .extracting(FieldProblem::pointer)
                  .containsExactly(field);
            });
  }
}
