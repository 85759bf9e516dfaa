package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.GatewayFixture.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(
            "gateway.tokens",
            "reader:reader-0123456789ab,worker:worker-0123456789ab,"
                + "operator:operator-0123456789,admin:admin-0123456789abc");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static Reply call(String method, String path, String token) {
    String body = method.equals("GET") ? null : "{}";
    return token.isEmpty()
        ? gateway.send("main", method, path, body, "Content-Type", "application/json")
        : gateway.send(
            "main",
            method,
            path,
            body,
            "Content-Type",
            "application/json",
            "Authorization",
            "Bearer " + token);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /health/live, '', 200",
    "GET, /openapi.yaml, '', 200",
    "GET, /api/v1/services, '', 401",
    "GET, /api/v1/services, reader-0123456789ab, 200",
    "GET, /api/v1/services, worker-0123456789ab, 200",
    "GET, /api/v1/services, admin-0123456789abc, 200",
    "GET, /api/v1/services, reader-0123456789ac, 401",
    "POST, /run_task, reader-0123456789ab, 403",
    "POST, /run_task, worker-0123456789ab, 403",
    "POST, /run_task, operator-0123456789, 400",
    "POST, /run_task, admin-0123456789abc, 400",
    "POST, /add_task, operator-0123456789, 403",
    "GET, /get_task, operator-0123456789, 403",
    "GET, /get_task, worker-0123456789ab, 503",
    "GET, /probe?target=a, '', 401",
    "GET, /probe?target=a, reader-0123456789ab, 403",
    "GET, /probe?target=a, worker-0123456789ab, 403",
    "GET, /probe?target=a, operator-0123456789, 503"
  })
  void aRouteIsOpenToItsRoleAndThoseAbove(String method, String path, String token, int expected) {
    assertThat(call(method, path, token).status()).isEqualTo(expected);
  }

  @Test
  void theAnswerSaysWhichRoleIsMissing() {
    Reply none = call("GET", "/api/v1/services", "");
    Reply little = call("POST", "/api/v1/tasks", "reader-0123456789ab");

    assertThat(none.header("www-authenticate")).startsWith("Bearer");
    assertThat(none.json().get("detail").asText()).contains("role reader");
    assertThat(little.status()).isEqualTo(403);
    assertThat(little.header("www-authenticate"))
        .contains("error=\"insufficient_scope\"", "scope=\"operator\"");
    assertThat(little.json().get("detail").asText()).contains("role operator");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reader-0123456789ab",
        "Basic cmVhZGVyOng=",
        "Bearer",
        "Bearer ",
        "Bearer  x y",
        "bearer operator-012345678"
      })
  void whatIsNoKnownTokenIs401(String authorization) {
    assertThat(
            gateway
                .send("main", "GET", "/api/v1/services", null, "Authorization", authorization)
                .status())
        .isEqualTo(401);
  }

  @Test
  void theSchemeIsCaseInsensitive() {
    assertThat(
            gateway
                .send(
                    "main",
                    "GET",
                    "/api/v1/services",
                    null,
                    "Authorization",
                    "bEaReR reader-0123456789ab")
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/get_task, cross-site, 403",
    "/error/reset?id=-1, cross-site, 403",
    "/revise?id=1&code=0, cross-site, 403",
    "/get_progress, cross-site, 200",
    "/health/live, cross-site, 200",
    "/get_progress, same-origin, 200"
  })
  void aPageOfAnotherSiteMayReadButNotChange(String path, String site, int status) {
    Reply reply =
        gateway.send(
            "main",
            "GET",
            path,
            null,
            "Sec-Fetch-Site",
            site,
            "Authorization",
            "Bearer admin-0123456789abc");

    // Without a coordinator what passes the gate is answered by 503.
    assertThat(reply.status()).isEqualTo(status == 200 && path.startsWith("/get") ? 503 : status);
  }
}
