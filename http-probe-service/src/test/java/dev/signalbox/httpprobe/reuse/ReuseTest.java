package dev.signalbox.httpprobe.reuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.httpprobe.probe.Probe;
import dev.signalbox.httpprobe.probe.ProbeRig;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class ReuseTest {

  private static final TestCertificate SELF =
      TestCertificate.selfSigned("localhost", 30, "dns:localhost", "ip:127.0.0.1");

  private ProbeRig rig;

  @BeforeEach
  void begin() {
    rig = new ProbeRig();
  }

  @AfterEach
  void end() {
    rig.close();
  }

  @Test
  void nothing_is_kept_unless_a_task_asks() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      rig.probe(server.url());
      rig.probe(server.url(), "reuse_connection", true);
      Map<String, Object> plain = rig.probe(server.url());

      assertThat(reused(plain)).isFalse();
      assertThat(server.accepted()).isEqualTo(3);
    }
  }

  @Test
  void a_kept_connection_carries_the_next_task() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      Map<String, Object> first = keep(server);
      Map<String, Object> second = rig.probe(server.url(), "reuse_connection", true);

      assertThat(reused(first)).isFalse();
      assertThat(reused(second)).isTrue();
      assertThat(second).containsEntry("data", "ok");
      assertThat(timings(second)).containsEntry("connect", null).containsEntry("tls", null);
      assertThat(server.accepted()).isOne();
    }
  }

  @Test
  void an_unverified_connection_does_not_serve_a_task_that_verifies() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.startTls(SELF)) {
      keep(server, "verify_tls", false);
      assertThat(rig.failedProbeWithKept(server.url(), "reuse_connection", true).code())
          .isEqualTo("TLS");
      Map<String, Object> third =
          rig.probe(server.url(), "reuse_connection", true, "verify_tls", false);

      assertThat(reused(third)).isTrue();
      assertThat(third.get("tls")).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"server_name", "http_version", "headers"})
  void a_task_with_another_setting_gets_a_connection_of_its_own(String setting) throws Exception {
    Object value =
        switch (setting) {
          case "server_name" -> "other.example";
          case "http_version" -> "1.1";
          default -> Map.of("Host", "other.example");
        };
    try (KeepAliveServer server = KeepAliveServer.startTls(SELF)) {
      keep(server, "verify_tls", false);

      assertThat(
              reused(
                  rig.probe(
                      server.url(), "reuse_connection", true, "verify_tls", false, setting, value)))
          .isFalse();
    }
  }

  @Test
  void what_comes_after_the_answer_spoils_the_connection() throws Exception {
    String poisoned = KeepAliveServer.OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for (String answer : List.of(poisoned, KeepAliveServer.OK + "x")) {
      try (KeepAliveServer server = KeepAliveServer.start(answer)) {
        assertThat(rig.probe(server.url(), "reuse_connection", true)).containsEntry("data", "ok");

        await().until(() -> server.open() == 0);
        assertThat(rig.kept()).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"
      })
  void a_server_that_will_close_is_taken_at_its_word(String answer) throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(answer)) {
      rig.probe(server.url(), "reuse_connection", true);

      await().until(() -> server.open() == 0);
      assertThat(rig.kept()).isZero();
    }
  }

  @Test
  void an_answer_that_was_not_read_to_its_end_spoils_the_connection() throws Exception {
    try (KeepAliveServer server =
        KeepAliveServer.start("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")) {
      assertThat(rig.probe(server.url(), "reuse_connection", true, "max_body_bytes", 1))
          .containsEntry("truncated", true);

      await().until(() -> server.open() == 0);
      assertThat(rig.kept()).isZero();
    }
  }

  @Test
  void a_request_that_says_who_asks_shares_nothing() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      rig.probe(
          server.url(), "reuse_connection", true, "headers", Map.of("Authorization", "Basic eA=="));

      await().until(() -> server.open() == 0);
      assertThat(rig.kept()).isZero();
    }
  }

  @Test
  void a_connection_the_server_closed_while_idle_is_forgotten() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      keep(server);
      server.closeConnections();

      await().until(() -> rig.kept() == 0);
      assertThat(reused(rig.probe(server.url(), "reuse_connection", true))).isFalse();
    }
  }

  @Test
  void a_request_that_meets_a_closed_connection_is_sent_again_on_a_new_one() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      server.hangUpOnSecond();
      keep(server);

      Map<String, Object> second = rig.probe(server.url(), "reuse_connection", true);

      assertThat(reused(second)).isFalse();
      assertThat(timings(second).get("connect")).isNotNull();
      assertThat(server.accepted()).isEqualTo(2);
      assertThat(server.requests()).isEqualTo(3);
    }
  }

  @Test
  void a_request_that_may_not_be_repeated_is_not() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      server.hangUpOnSecond();
      keep(server);

      assertThat(
              rig.failedProbeWithKept(server.url(), "reuse_connection", true, "method", "POST")
                  .code())
          .isEqualTo("PROTOCOL");
      assertThat(server.accepted()).isOne();
    }
  }

  @Test
  void no_more_are_kept_than_there_is_room_for() throws Exception {
    try (KeepAliveServer one = KeepAliveServer.start(KeepAliveServer.OK);
        KeepAliveServer two = KeepAliveServer.start(KeepAliveServer.OK);
        KeepAliveServer three = KeepAliveServer.start(KeepAliveServer.OK)) {
      keep(one);
      keep(two);
      rig.probe(three.url(), "reuse_connection", true);

      await().until(() -> one.open() == 0);
      assertThat(rig.kept()).isEqualTo(2);
    }
  }

  @Test
  void of_those_alike_the_oldest_goes_when_there_are_too_many() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      Probe one = rig.start(server.url(), "reuse_connection", true);
      Probe two = rig.start(server.url(), "reuse_connection", true);
      TestNode.await(one.result());
      TestNode.await(two.result());

      await().until(() -> server.open() == 1 && rig.kept() == 1);
    }
  }

  @Test
  void a_connection_that_nobody_takes_is_closed() throws Exception {
    try (ProbeRig brief = ProbeRig.keeping(Duration.ofMillis(50));
        KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      brief.probe(server.url(), "reuse_connection", true);

      await().until(() -> server.open() == 0 && brief.kept() == 0);
    }
  }

  @Test
  void a_name_that_moved_to_a_denied_address_is_refused_though_a_connection_is_kept()
      throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      String url = server.url().replace("127.0.0.1", "moved.test");
      rig.probe(url, "reuse_connection", true);
      await().until(() -> rig.kept() == 1);
      rig.resolveTo(InetAddress.getByName("198.51.100.7"));

      assertThat(rig.failedProbeWithKept(url, "reuse_connection", true).code())
          .isEqualTo("BLOCKED_TARGET");
      assertThat(server.requests()).isOne();
    }
  }

  @Test
  void a_name_that_moved_gets_a_connection_to_its_new_address() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      String url = server.url().replace("127.0.0.1", "moved.test");
      rig.probe(url, "reuse_connection", true);
      await().until(() -> rig.kept() == 1);
      rig.resolveTo(InetAddress.getByName("127.0.0.2"));

      // Nobody listens there: had the kept connection been taken, it would have been answered.
      assertThat(rig.failedProbeWithKept(url, "reuse_connection", true).code())
          .isEqualTo("CONNECT");
    }
  }

  @Test
  void a_service_that_stops_closes_what_it_keeps() throws Exception {
    try (KeepAliveServer server = KeepAliveServer.start(KeepAliveServer.OK)) {
      keep(server);
      rig.closeKept();

      await().until(() -> server.open() == 0);
      rig.probe(server.url(), "reuse_connection", true);
      await().until(() -> server.open() == 0);
      rig.expectIdle();
    }
  }

  @Test
  void http_2_is_kept_too(Vertx vertx) {
    HttpServer server =
        TestNode.await(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end("ok"))
                .listen(0, "127.0.0.1"));
    String url = "http://127.0.0.1:" + server.actualPort() + "/";
    Object[] two = {"http_version", "2", "reuse_connection", true};

    assertThat(reused(rig.probe(url, two))).isFalse();
    await().until(() -> rig.kept() == 1);
    assertThat(reused(rig.probe(url, two))).isTrue();
    await().until(() -> rig.kept() == 1);
    assertThat(rig.probe(url, two)).containsEntry("data", "ok");
  }

  private Map<String, Object> keep(KeepAliveServer server, Object... more) {
    int before = rig.kept();
    Object[] params = new Object[more.length + 2];
    System.arraycopy(more, 0, params, 2, more.length);
    params[0] = "reuse_connection";
    params[1] = true;
    Map<String, Object> result = rig.probe(server.url(), params);
    await().until(() -> rig.kept() == before + 1);
    return result;
  }

  private static boolean reused(Map<String, Object> result) {
    return (Boolean)
        ((Map<?, ?>) ((List<?>) result.get("hops")).getFirst()).get("connection_reused");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> timings(Map<String, Object> result) {
    return (Map<String, Object>) result.get("timings_ms");
  }
}
