package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.gateway.GatewayFixture.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of the dashboard, its files, and the page at the root. */
class DashboardTest {

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            List.of(
                FakeService.named(
                    "file-service",
                    endpoint ->
                        endpoint.serve(
                            FileContract.OPEN,
                            (_, _) -> Future.succeededFuture(new OpenFileReply.Missing())))));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String asset(String name) {
    Matcher version = Pattern.compile("/ui/assets/[0-9a-f]+/").matcher(gateway.get("/ui/").body());
    assertThat(version.find()).isTrue();
    return version.group() + name;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/ui/", "/ui/tasks", "/ui/servers", "/ui/messages", "/ui/files", "/ui/settings"})
  void givenAPathOfAView_whenRead_thenThePageComesWithItsPolicy(String path) {
    Reply page = gateway.get(path);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.header("cache-control")).isEqualTo("no-cache");
    assertThat(page.header("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void givenThePage_whenItsFilesAreRead_thenEachIsThereForever() {
    Matcher file =
        Pattern.compile("(?:src|href)=\"(/ui/assets/[^\"]+)\"").matcher(gateway.get("/ui/").body());
    int found = 0;
    for (; file.find(); found++) {
      Reply reply = gateway.get(file.group(1));
      assertThat(reply.status()).as(file.group(1)).isEqualTo(200);
      assertThat(reply.header("cache-control")).contains("immutable");
      assertThat(reply.header("etag")).isNotEmpty();
    }
    assertThat(found).isGreaterThan(5);
  }

  @Test
  void givenNoSlash_whenRead_thenItLeadsToTheFolder() {
    Reply reply = gateway.get("/ui");

    assertThat(reply.status()).isEqualTo(308);
    assertThat(reply.header("location")).isEqualTo("/ui/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ui/nothing", "/ui/assets/", "/ui/assets/x", "/ui/tasks/x"})
  void givenAPathOfNothing_whenRead_thenItIsMissing(String path) {
    assertThat(gateway.get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../openapi.yaml",
        "..%2fopenapi.yaml",
        "x/../app.js/..",
        "%2e%2e/pages/fault.html",
        "lit/../../../logback.xml"
      })
  void givenAPathOutOfTheFolder_whenRead_thenItIsMissing(String name) {
    Reply reply = gateway.get("/ui/assets/0/" + name);

    assertThat(reply.status()).isIn(400, 403, 404);
    assertThat(reply.body()).doesNotContain("openapi:", "{{title}}");
  }

  @ParameterizedTest
  @CsvSource({
    "app.js, text/javascript; charset=utf-8",
    "signalbox.css, text/css; charset=utf-8",
    "icon.svg, image/svg+xml",
    "lit/directives/repeat.js, text/javascript; charset=utf-8",
    "leaflet.css, text/css; charset=utf-8"
  })
  void givenAFile_whenRead_thenItHasItsTypeAndNoSniffing(String name, String type) {
    Reply reply = gateway.get(asset(name));

    assertThat(reply.header("content-type")).isEqualTo(type);
    assertThat(reply.header("x-content-type-options")).isEqualTo("nosniff");
  }

  @Test
  void givenAFileOfAnotherVersion_whenRead_thenItIsNotKept() {
    Reply reply = gateway.get("/ui/assets/0123456789ab/app.js");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("cache-control")).isEqualTo("no-cache");
  }

  @Test
  void givenAnETag_whenTheFileIsReadAgain_thenItIsNotSent() {
    String etag = gateway.get(asset("app.js")).header("etag");

    Reply reply = gateway.send("main", "GET", asset("app.js"), null, "If-None-Match", etag);

    assertThat(reply.status()).isEqualTo(304);
    assertThat(reply.body()).isEmpty();
  }

  @Test
  void givenARootWithoutIndex_whenRead_thenThePageSaysWhatThisIs() {
    Reply page = gateway.get("/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body())
        .contains("Signalbox is running", "href=\"/ui/\"", "href=\"/docs\"")
        .contains("curl 'http://127.0.0.1:" + gateway.port("main") + "/resolve");
    assertThat(gateway.get("/index.html").status()).isEqualTo(404);
  }

  @Test
  void givenNoAuthentication_whenAskedWhoTheCallerIs_thenHeMayDoEverything() {
    JsonNode caller = gateway.get("/api/v1/whoami").json();

    assertThat(caller.get("authentication").asText()).isEqualTo("off");
    assertThat(caller.get("role").isNull()).isTrue();
    assertThat(caller.get("may")).hasSize(4);
    assertThat(caller.get("limits").get("max_body_bytes").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "Bearer reader-token-0001, reader, reader",
    "bearer operator-token-01, operator, 'reader,operator'",
    "Bearer worker-token-0001, worker, 'reader,worker'",
    "Bearer admin-token-00001, admin, 'reader,worker,operator,admin'",
    "Bearer unknown-token-001, '', ''",
    "Basic abc, '', ''"
  })
  void givenAToken_whenAskedWhoTheCallerIs_thenItsRoleIsTold(
      String authorization, String role, String may) {
    String tokens =
        "reader:reader-token-0001,operator:operator-token-01,"
            + "worker:worker-token-0001,admin:admin-token-00001";
    try (GatewayFixture closed = GatewayFixture.start("gateway.tokens", tokens)) {
      Reply reply =
          closed.send("main", "GET", "/api/v1/whoami", null, "Authorization", authorization);

      JsonNode caller = reply.json();
      assertThat(caller.get("authentication").asText()).isEqualTo("token");
      assertThat(caller.get("role").isNull() ? "" : caller.get("role").asText()).isEqualTo(role);
      assertThat(caller.get("may").valueStream().map(JsonNode::asText).toList())
          .isEqualTo(may.isEmpty() ? List.of() : List.of(may.split(",")));
      assertThat(reply.body()).doesNotContain("-token-");
    }
  }
}
