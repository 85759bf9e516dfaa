package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A tour of {@code /api/v1}: tasks, servers, files, codes and messages. */
abstract class ApiTour {

  private final Deployment system;
  private final int main;

  ApiTour(Deployment system) {
    this.system = system;
    this.main = system.doors().main();
  }

  @BeforeEach
  @AfterEach
  void noServers() {
    Servers.stopAll(system);
  }

  private Reply api(String method, String path, String json, String... headers) {
    String[] all = new String[headers.length + 1];
    all[0] = "Content-Type: application/json";
    System.arraycopy(headers, 0, all, 1, headers.length);
    return Http.send(main, method, "/api/v1" + path, json, all);
  }

  private Reply get(String path) {
    return Http.get(main, "/api/v1" + path);
  }

  static void isProblem(Reply reply, int status, String code) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    assertThat(reply.header("content-type")).startsWith("application/problem+json");
    JsonNode problem = reply.json();
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.path("request_id").asText()).isEqualTo(reply.header("x-request-id"));
    assertThat(problem.path("type").asText()).isNotEmpty();
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).isNotEmpty();
    assertThat(problem.path("retryable").isBoolean()).isTrue();
  }

  @Test
  void taskTypesComeWithTheirSchemas() {
    JsonNode items = get("/task-types").json().path("items");

    assertThat(items.findValuesAsText("name"))
        .contains("dns_query", "http_probe", "start_http_server", "issue_code");
    assertThat(items)
        .allSatisfy(type -> assertThat(type.path("params_schema").isObject()).isTrue());
  }

  @Test
  void aTaskIsRunAndToldApart() {
    JsonNode found =
        api(
                "POST",
                "/tasks",
                "{\"task_name\":\"dns_query\",\"id\":\"one\",\"params\":{\"domain\":\"example.com\"}}")
            .json();
    assertThat(found.path("id").asText()).isEqualTo("one");
    assertThat(found.path("status").asText()).isEqualTo("finished");
    assertThat(found.path("result").path("ip_address").asText())
        .isEqualTo(Surroundings.EXAMPLE_COM);
    assertThat(found.path("error").isNull()).isTrue();

    JsonNode nothing =
        api(
                "POST",
                "/tasks",
                "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"no.such.test\"}}")
            .json();
    assertThat(nothing.path("status").asText()).isEqualTo("finished");
    assertThat(nothing.path("result").path("rcode").asText()).isEqualTo("NXDOMAIN");

    JsonNode failed =
        api(
                "POST",
                "/tasks",
                "{\"task_name\":\"http_probe\",\"params\":{\"url\":\"http://127.0.0.1:%d/\"}}"
                    .formatted(FreePorts.next()))
            .json();
    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("error").path("code").asText()).isEqualTo("CONNECT");
    assertThat(failed.path("result").isNull()).isTrue();

    isProblem(api("POST", "/tasks", "{\"task_name\":\"fly\"}"), 400, "INVALID_REQUEST");
  }

  @Test
  void aProbeTellsEverythingAboutAnAnswer() {
    JsonNode result =
        api(
                "POST",
                "/tasks",
                """
                {"task_name":"http_probe","params":{"url":"http://127.0.0.1:%d/",
                 "assertions":[{"source":"status","comparison":"equals","target":200}]}}\
                """
                    .formatted(Surroundings.webPort()))
            .json()
            .path("result");

    assertThat(result.path("success").asBoolean()).as(result.toString()).isTrue();
    assertThat(result.path("status_code").asInt()).isEqualTo(200);
    assertThat(result.path("data").asText()).isEqualTo(Surroundings.PAGE);
    assertThat(result.path("body_bytes").asInt()).isEqualTo(Surroundings.PAGE.length());
    assertThat(result.path("remote_ip").asText()).isEqualTo("127.0.0.1");
    assertThat(result.path("timings_ms").has("total")).isTrue();
    assertThat(result.path("assertions").get(0).path("passed").asBoolean()).isTrue();
    assertThat(result.path("tls").isNull()).isTrue();
  }

  @Test
  void aBatchAnswersInTheOrderOfItsTasks() {
    JsonNode batch =
        api(
                "POST",
                "/tasks/batch",
                """
                {"tasks":[{"task_name":"dns_query","id":"a","params":{"domain":"example.com"}},
                  {"task_name":"fly","id":"b"},
                  {"task_name":"dns_query","id":"c",
                   "params":{"domain":"example.com","type":"MX"}}]}\
                """)
            .json();

    assertThat(batch.path("results").findValuesAsText("id")).containsSubsequence("a", "b", "c");
    assertThat(batch.path("counts").path("finished").asInt()).isEqualTo(2);
    assertThat(batch.path("counts").path("failed").asInt()).isEqualTo(1);
    assertThat(batch.path("took_ms").isNumber()).isTrue();
    isProblem(
        api(
            "POST",
            "/tasks/batch",
            "{\"tasks\":[{\"task_name\":\"x\",\"id\":\"a\"},{\"task_name\":\"x\",\"id\":\"a\"}]}"),
        400,
        "INVALID_REQUEST");
  }

  @Test
  void aServerIsCreatedFoundAndDeleted() {
    int port = FreePorts.next();
    Reply created =
        api(
            "POST",
            "/servers",
            "{\"port\":%d,\"page_uri\":\"/tour\",\"response_data\":\"tour\"}".formatted(port));

    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    String id = created.json().path("server_id").asText();
    assertThat(created.header("location")).isEqualTo("/api/v1/servers/" + id);
    assertThat(Http.get(port, "/tour").text()).isEqualTo("tour");
    assertThat(get("/servers").json().path("items").findValuesAsText("server_id"))
        .containsExactly(id);
    assertThat(get("/servers/" + id).json().path("port").asInt()).isEqualTo(port);
    isProblem(
        api("POST", "/servers", "{\"port\":%d,\"page_uri\":\"/x\"}".formatted(port)),
        409,
        "CONFLICT");
    assertThat(api("DELETE", "/servers/" + id, "").status()).isEqualTo(204);
    Servers.awaitGone(port);
    isProblem(get("/servers/" + id), 404, "NOT_FOUND");
    isProblem(api("DELETE", "/servers/" + id, ""), 404, "NOT_FOUND");
  }

  @Test
  void aServerWithoutAPortGetsAFreeOne() {
    JsonNode created =
        api("POST", "/servers", "{\"page_uri\":\"/any\",\"response_data\":\"any\"}").json();

    assertThat(Http.get(created.path("port").asInt(), "/any").text()).isEqualTo("any");
  }

  @Test
  void theSameIdempotencyKeyStartsOneServer() {
    String key = "Idempotency-Key: " + UUID.randomUUID();
    String body = "{\"page_uri\":\"/once\",\"response_data\":\"x\"}";

    Reply first = api("POST", "/servers", body, key);
    Reply second = api("POST", "/servers", body, key);
    Reply other = api("POST", "/servers", "{\"page_uri\":\"/twice\"}", key);

    assertThat(second.json().path("server_id")).isEqualTo(first.json().path("server_id"));
    assertThat(first.header("idempotency-replayed")).isEmpty();
    assertThat(second.header("idempotency-replayed")).isEqualTo("true");
    isProblem(other, 422, "IDEMPOTENCY_MISMATCH");
    assertThat(Servers.active(system)).hasSize(1);
  }

  @Test
  void filesArePutListedReplacedAndDeleted() {
    String path = "/" + Site.unique("tour.txt");
    String[] text = {"Content-Type: text/plain"};
    Reply created = Http.send(main, "PUT", "/api/v1/files" + path, "one", text);
    assertThat(created.status()).as(created.toString()).isEqualTo(201);
    assertThat(Http.get(main, path).text()).isEqualTo("one");
    Reply again =
        Http.send(main, "PUT", "/api/v1/files" + path, "two", text[0], "If-None-Match: *");
    assertThat(again.status()).isEqualTo(412);
    String etag = Http.get(main, path).header("etag");
    Reply replaced =
        Http.send(main, "PUT", "/api/v1/files" + path, "two", text[0], "If-Match: " + etag);
    assertThat(replaced.status()).as(replaced.toString()).isIn(200, 204);
    assertThat(Http.get(main, path).text()).isEqualTo("two");
    assertThat(get("/files?prefix=" + path).json().path("items").findValuesAsText("path"))
        .containsExactly(path);
    assertThat(Http.send(main, "DELETE", "/api/v1/files" + path, "").status()).isEqualTo(204);
    assertThat(Http.get(main, path).status()).isEqualTo(404);
    isProblem(Http.send(main, "DELETE", "/api/v1/files" + path, ""), 404, "NOT_FOUND");
  }

  @Test
  void codesAndMessages() {
    String uuid = UUID.randomUUID().toString();
    Reply issued = api("POST", "/codes", "{\"uuid\":\"" + uuid + "\"}");
    assertThat(issued.status()).isIn(200, 201);
    String code = issued.json().path("unique").asText();
    assertThat(api("POST", "/codes", "{\"uuid\":\"" + uuid + "\"}").json().path("unique").asText())
        .isEqualTo(code);

    String message = "{\"uuid\":\"%s\",\"unique\":\"%s\",\"text\":\"tour\"}".formatted(uuid, code);
    String key = "Idempotency-Key: " + UUID.randomUUID();
    Reply stored = api("POST", "/messages", message, key);
    assertThat(stored.status()).as(stored.toString()).isEqualTo(201);
    assertThat(stored.json().has("id")).isTrue();
    assertThat(stored.json().path("stored_at").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    Reply repeated = api("POST", "/messages", message, key);
    assertThat(repeated.json().path("id")).isEqualTo(stored.json().path("id"));
    assertThat(repeated.header("idempotency-replayed")).isEqualTo("true");
    assertThat(get("/messages?uuid=" + uuid).json().path("items")).hasSize(1);
    Reply lines = Http.get(main, "/api/v1/messages?uuid=" + uuid, "Accept: application/x-ndjson");
    assertThat(lines.header("content-type")).startsWith("application/x-ndjson");
    assertThat(lines.text().lines()).hasSize(1);
  }

  @Test
  void aCodeOfAnotherIsRefused() {
    String uuid = UUID.randomUUID().toString();
    api("POST", "/codes", "{\"uuid\":\"" + uuid + "\"}");

    Reply wrong =
        api(
            "POST",
            "/messages",
            "{\"uuid\":\"%s\",\"unique\":\"wrong\",\"text\":\"t\"}".formatted(uuid));

    assertThat(wrong.status()).isBetween(400, 499);
    assertThat(get("/messages?uuid=" + uuid).json().path("items")).isEmpty();
  }

  @Test
  void unknownFieldsAndParametersAreNamed() {
    Reply field = api("POST", "/codes", "{\"uuid\":\"u\",\"colour\":\"red\"}");
    isProblem(field, 400, "INVALID_REQUEST");
    assertThat(field.json().path("errors").findValuesAsText("pointer")).contains("/colour");

    Reply parameter = get("/messages?colour=red");
    isProblem(parameter, 400, "INVALID_REQUEST");
    assertThat(parameter.text()).contains("colour");

    isProblem(get("/no-such-path"), 404, "NOT_FOUND");
    Reply method = api("PUT", "/codes", "{}");
    isProblem(method, 405, "METHOD_NOT_ALLOWED");
    assertThat(method.header("allow")).contains("POST");
  }
}
