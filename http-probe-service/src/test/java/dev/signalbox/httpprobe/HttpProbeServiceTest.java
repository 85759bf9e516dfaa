package dev.signalbox.httpprobe;

import static dev.signalbox.httpprobe.ProbeClient.object;
import static dev.signalbox.httpprobe.ProbeClient.objects;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProbeServiceTest {

  private static TestNode node;
  private static ProbeClient client;

  @BeforeAll
  static void start() {
    node = TestNode.start(HttpProbeMain.SERVICE, Map.of("guard.allow-private", "true"));
    client = new ProbeClient(node);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void reports_an_answer_in_full() {
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.of(200, "hello", "Content-Type: text/plain", "X-A: 1", "X-A: 2"))) {
      Map<String, Object> result = client.probe(server.url("/a?b=c"));

      assertThat(result)
          .containsEntry("success", true)
          .containsEntry("url", server.url("/a?b=c"))
          .containsEntry("final_url", server.url("/a?b=c"))
          .containsEntry("status_code", 200)
          .containsEntry("http_version", "HTTP/1.1")
          .containsEntry("remote_ip", "127.0.0.1")
          .containsEntry("ip_family", "ipv4")
          .containsEntry("data", "hello")
          .containsEntry("data_encoding", "text")
          .containsEntry("body_bytes", 5L)
          .containsEntry(
              "body_sha256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
          .containsEntry("truncated", false)
          .containsEntry("tls", null)
          .containsEntry("assertions", List.of());
      assertThat(object(result, "headers")).containsEntry("x-a", "1, 2");
      assertThat(object(result, "headers_all"))
          .containsEntry("x-a", List.of("1", "2"))
          .containsEntry("content-type", List.of("text/plain"));
      assertThat(object(result, "timings_ms"))
          .containsOnlyKeys("dns", "connect", "tls", "first_byte", "download", "total")
          .containsEntry("dns", null)
          .containsEntry("tls", null);
      assertThat(objects(result, "hops")).hasSize(1);
    }
  }

  @Test
  void sends_method_headers_and_body() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(201, ""))) {
      client.probe(
          server.url("/x"),
          "method",
          "post",
          "headers",
          Map.of("X-One", "1", "Accept", List.of("a/b", "c/d"), "Host", "other.example"),
          "body",
          "grüße");

      var request = server.requests().getFirst();
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.target()).isEqualTo("/x");
      assertThat(request.body()).isEqualTo("grüße");
      assertThat(request.headers())
          .containsEntry("x-one", "1")
          .containsEntry("accept", "a/b, c/d")
          .containsEntry("host", "other.example")
          .containsEntry("content-length", "7")
          .containsEntry("connection", "close");
    }
  }

  @Test
  void a_head_answer_has_no_body() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello"))) {
      assertThat(client.probe(server.url("/"), "method", "HEAD"))
          .containsEntry("status_code", 200)
          .containsEntry("body_bytes", 0L);
    }
  }

  @Test
  void an_http_error_is_an_answer() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(503, "down"))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("success", false)
          .containsEntry("status_code", 503)
          .containsEntry("data", "down");
    }
  }

  @Test
  void names_are_resolved_and_timed() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result = client.probe("http://localhost:" + server.port() + "/");

      assertThat(object(result, "timings_ms").get("dns")).isNotNull();
      assertThat(server.requests().getFirst().headers())
          .containsEntry("host", "localhost:" + server.port());
    }
  }

  @Test
  void redirects_are_followed_and_shown_hop_by_hop() {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) ->
            (request.target().equals("/start")
                    ? HttpAnswer.redirect(302, "next/../end?x")
                    : HttpAnswer.of(200, "there"))
                .answer(request, out))) {
      Map<String, Object> result = client.probe(server.url("/start"));

      assertThat(result)
          .containsEntry("final_url", server.url("/end?x"))
          .containsEntry("data", "there");
      assertThat(objects(result, "hops"))
          .extracting(hop -> hop.get("status_code"))
          .containsExactly(302, 200);
      assertThat(objects(result, "hops"))
          .allSatisfy(hop -> assertThat(object(hop, "timings_ms").get("connect")).isNotNull());
    }
  }

  @Test
  void redirects_are_shown_when_not_followed() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirect(301, "/end"))) {
      assertThat(client.probe(server.url("/"), "follow_redirects", false))
          .containsEntry("status_code", 301)
          .containsEntry("data", "elsewhere");
    }
  }

  @Test
  void a_redirect_loop_ends() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirectLoop())) {
      assertThat(client.failedProbe(server.url("/"), "max_redirects", 3).code())
          .isEqualTo("TOO_MANY_REDIRECTS");
      assertThat(server.requests()).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/", "http://u:p@localhost/", "http://127.1/", "http://\u0001/"})
  void a_redirect_to_something_else_is_a_protocol_error(String location) {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirect(302, location))) {
      assertThat(client.failedProbe(server.url("/")).code()).isEqualTo("PROTOCOL");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/caf\u00e9?\u00e9", "/caf%C3%A9?%C3%A9"})
  void the_bytes_of_a_redirect_stay_what_they_are(String location) {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) ->
            (request.target().equals("/")
                    ? HttpAnswer.redirect(302, location)
                    : HttpAnswer.of(200, "there"))
                .answer(request, out))) {
      client.probe(server.url("/"));

      assertThat(server.requests().getLast().target()).isEqualTo("/caf%C3%A9?%C3%A9");
    }
  }

  @Test
  void the_bytes_of_a_redirect_that_are_no_utf_8_stay_what_they_are() {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) -> {
          if (request.target().equals("/")) {
            out.text("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /caf");
            out.bytes(new byte[] {(byte) 0xe9});
            out.text("\r\n\r\n");
          } else {
            HttpAnswer.of(200, "there").answer(request, out);
          }
        })) {
      client.probe(server.url("/"));

      assertThat(server.requests().getLast().target()).isEqualTo("/caf%E9");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   "})
  void an_empty_location_leads_nowhere(String location) {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.redirect(302, location))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("status_code", 302)
          .containsEntry("data", "elsewhere");
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void credentials_stay_with_their_origin() {
    try (FakeHttpServer other = FakeHttpServer.start(HttpAnswer.of(200, "ok"));
        FakeHttpServer server =
            FakeHttpServer.start(HttpAnswer.redirect(307, other.url("/secret")))) {
      client.probe(
          server.url("/"),
          "method",
          "POST",
          "body",
          "b",
          "headers",
          Map.of("Authorization", "Bearer x", "Cookie", "c=1", "Host", "h", "X-Kept", "yes"));

      var second = other.requests().getFirst();
      assertThat(second.headers())
          .doesNotContainKeys("authorization", "cookie")
          .containsEntry("x-kept", "yes")
          .containsEntry("host", "127.0.0.1:" + other.port());
      assertThat(second.body()).isEqualTo("b");
    }
  }

  @Test
  void connect_to_pins_the_address_and_keeps_the_name() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      Map<String, Object> result =
          client.probe(
              "http://does-not.exist.example:81/", "connect_to", "127.0.0.1:" + server.port());

      assertThat(result).containsEntry("remote_ip", "127.0.0.1");
      assertThat(server.requests().getFirst().headers())
          .containsEntry("host", "does-not.exist.example:81");
    }
  }

  @Test
  void a_family_without_an_address_is_an_error() {
    assertThat(client.failedProbe("http://127.0.0.1:9/", "ip_family", "ipv6"))
        .satisfies(error -> {
          assertThat(error.code()).isEqualTo("DNS");
          assertThat(error.message()).contains("ipv6");
        });
  }

  @Test
  void bytes_that_are_no_text_come_as_base64() {
    byte[] bytes = {(byte) 0xff, (byte) 0xfe, 0, 1};
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, bytes))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("data", Base64.getEncoder().encodeToString(bytes))
          .containsEntry("data_encoding", "base64");
    }
  }

  @Test
  void a_declared_charset_is_honoured() {
    byte[] bytes = "grüße".getBytes(StandardCharsets.ISO_8859_1);
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.of(200, bytes, "Content-Type: text/plain; charset=iso-8859-1"))) {
      assertThat(client.probe(server.url("/"))).containsEntry("data", "grüße");
    }
  }

  @Test
  void the_body_can_be_left_out() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello"))) {
      assertThat(client.probe(server.url("/"), "include_body", false))
          .containsEntry("data", null)
          .containsEntry("body_bytes", 5L);
    }
  }

  @Test
  void a_body_is_cut_where_the_task_says() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hellö world"))) {
      assertThat(client.probe(server.url("/"), "max_body_bytes", 5))
          .containsEntry("data", "hell")
          .containsEntry("data_encoding", "text")
          .containsEntry("body_bytes", 5L)
          .containsEntry("truncated", true);
    }
  }

  @Test
  void a_body_of_just_the_limit_is_whole() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello"))) {
      assertThat(client.probe(server.url("/"), "max_body_bytes", 5))
          .containsEntry("truncated", false);
    }
  }

  @Test
  void a_body_beyond_the_default_limit_is_an_error() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, new byte[1_048_577]))) {
      assertThat(client.failedProbe(server.url("/")).code()).isEqualTo("BODY_TOO_LARGE");
    }
  }

  @Test
  void compressed_bodies_are_shown_as_what_they_are() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.gzipped("hello"))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("data", "hello")
          .containsEntry("body_bytes", 5L);
    }
  }

  @Test
  void assertions_decide_on_success() {
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(404, "{\"a\":[{\"b\":7}]}", "X-K: v1"))) {
      Map<String, Object> result =
          client.probe(
              server.url("/"),
              "include_body",
              false,
              "assertions",
              List.of(
                  Map.of("source", "status", "comparison", "equals", "target", 404),
                  Map.of(
                      "source",
                      "header",
                      "property",
                      "x-k",
                      "comparison",
                      "contains",
                      "target",
                      "v"),
                  Map.of(
                      "source",
                      "json",
                      "property",
                      "$.a[0].b",
                      "comparison",
                      "less_than",
                      "target",
                      8),
                  Map.of("source", "body", "comparison", "not_empty"),
                  Map.of("source", "time", "comparison", "less_than", "target", 60_000)));

      assertThat(result).containsEntry("success", true).containsEntry("data", null);
      assertThat(objects(result, "assertions"))
          .extracting(outcome -> outcome.get("actual"))
          .startsWith("404", "v1", "7");
    }
  }

  @Test
  void one_assertion_that_fails_fails_the_probe() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "no"))) {
      Map<String, Object> result =
          client.probe(
              server.url("/"),
              "assertions",
              List.of(Map.of("source", "tls_expiry", "comparison", "greater_than", "target", 1)));

      assertThat(result).containsEntry("success", false);
      assertThat(objects(result, "assertions").getFirst())
          .containsEntry("actual", null)
          .containsEntry("passed", false);
    }
  }

  @Test
  void every_wrong_parameter_is_named() {
    var error =
        client.failedProbe(
            "http://x y/",
            "method",
            "BREW",
            "headers",
            Map.of("A\r\nB", "x"),
            "timeout_ms",
            0,
            "ip_family",
            "5",
            "connect_to",
            "a:b:c:d",
            "max_redirects",
            1000,
            "assertions",
            List.of(Map.of("source", "moon", "comparison", "equals", "target", "x")),
            "colour",
            "red");

    assertThat(error.code()).isEqualTo("BAD_TASK");
    assertThat(error.source()).isNull();
    assertThat(error.message())
        .contains(
            "url must have a host",
            "method must be one of",
            "headers must have names",
            "timeout_ms must be between",
            "ip_family must be one of",
            "connect_to must be",
            "max_redirects must be between",
            "assertions/0/source must be one of",
            "colour is not a parameter");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\u0000b", "grüße"})
  void header_values_cannot_smuggle(String value) {
    assertThat(client.failedProbe("http://127.0.0.1/", "headers", Map.of("X", value)).code())
        .isEqualTo("BAD_TASK");
  }

  @ParameterizedTest
  @ValueSource(strings = {" v", "v ", "\tv \t", "v"})
  void spaces_around_a_header_value_are_no_part_of_it(String value) {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      client.probe(server.url("/"), "headers", Map.of("X-A", value, "X-B", List.of(value, " ")));

      assertThat(server.requests().getFirst().headers())
          .containsEntry("x-a", "v")
          .containsEntry("x-b", "v, ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" X", "X ", "X Y", "X\tY", "X:", "", "X\u0000", "X\r\nY", "Gr\u00fc\u00dfe"})
  void header_names_cannot_smuggle(String name) {
    var error = client.failedProbe("http://127.0.0.1/", "headers", Map.of(name, "x"));

    assertThat(error.code()).isEqualTo("BAD_TASK");
    assertThat(error.message())
        .startsWith("headers must have names that are tokens")
        .matches("[ -~]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding", "Connection", "Upgrade"})
  void framing_headers_are_not_the_tasks_business(String name) {
    assertThat(client.failedProbe("http://127.0.0.1/", "headers", Map.of(name, "1")).code())
        .isEqualTo("BAD_TASK");
  }
}
