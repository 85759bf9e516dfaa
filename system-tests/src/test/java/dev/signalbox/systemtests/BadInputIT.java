package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters, names and numbers that nobody should send: refused, named, and nothing stored. */
@ParameterizedClass
@EnumSource
class BadInputIT {

  private static final String LONG = "a".repeat(10_000);

  private final Deployment system;
  private final Complaints before;

  BadInputIT(Shape shape) {
    this.system = shape.shared();
    this.before = Complaints.of(system);
  }

  @AfterEach
  void theSystemIsAsWellAsBefore() {
    assertThat(Http.get(system.doors().main(), "/ping").status()).isEqualTo(200);
    assertThat(Servers.active(system)).isEmpty();
    assertThat(Complaints.of(system)).as(system.output()).isEqualTo(before);
  }

  private Reply task(String name, String params) {
    return Http.post(
        system.doors().tasks(),
        "/run_task",
        "{\"task_name\":\"%s\",\"params\":%s}".formatted(name, params));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dns_query|{\"domain\":7}|domain",
        "dns_query|{\"domain\":[\"example.com\"]}|domain",
        "dns_query|{\"domain\":\"example.com\",\"type\":\"NOPE\"}|type",
        "dns_query|{\"domain\":\"example.com\",\"timeout_ms\":-1}|timeout_ms",
        "dns_query|{\"domain\":\"example.com\",\"colour\":\"red\"}|colour",
        "dns_query|{\"domain\":\"exa\\u0000mple.com\"}|domain",
        "dns_query|{\"domain\":\"example.com\\nevil\"}|domain",
        "http_get_request|{}|domain_or_ip",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\",\"port\":0}|port",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\",\"port\":-443}|port",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\",\"port\":70000}|port",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\",\"port\":\"x\"}|port",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\\r\\nX: y\"}|domain_or_ip",
        "http_get_request|{\"domain_or_ip\":\"127.0.0.1\",\"uri\":\"/\\u0000\"}|uri",
        "http_probe|{}|url",
        "http_probe|{\"url\":\"ftp://127.0.0.1/\"}|url",
        "http_probe|{\"url\":\"http://127.0.0.1/\",\"method\":\"GET\\n\"}|method",
        "start_http_server|{}|page_uri",
        "start_http_server|{\"port\":\"x\",\"page_uri\":\"/x\",\"response_data\":\"x\"}|port",
        "start_http_server|{\"port\":1.5,\"page_uri\":\"/x\",\"response_data\":\"x\"}|port",
        "start_http_server|{\"port\":20000,\"response_data\":\"x\"}|page_uri",
        "start_http_server|{\"port\":20000,\"page_uri\":7,\"response_data\":\"x\"}|page_uri",
        "start_http_server|{\"port\":20000,\"page_uri\":\"/\\n\",\"response_data\":\"x\"}|page_uri",
        "issue_code|{}|uuid",
        "store_message|{\"uuid\":\"u\"}|body parameters"
      })
  void aWrongParameterIsNamed(String task, String params, String field) {
    Reply reply = task(task, params);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    JsonNode result = reply.json();
    assertThat(result.path("status").asText()).as(result.toString()).isEqualTo("error");
    assertThat(result.toString()).contains(field);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 80, 1023, 65_536, 2_147_483_647})
  void aPortOutOfRangeIsRefusedInTheDocumentsWords(int port) {
    JsonNode refused = Servers.start(system, port, "/x", "x");

    assertThat(refused.path("message").asText()).isEqualTo("Port must be between 1024 and 65535");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "\"text\"", "null", "{\"task_name\":7}", "{\"task_name\":[]}"})
  void aRequestOfAnotherShapeIsRefused(String body) {
    Reply reply = Http.post(system.doors().tasks(), "/run_task", body);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
    assertThat(reply.json().path("status").asText()).isEqualTo("error");
  }

  static List<String> notJson() {
    return List.of(
        "",
        "{",
        "}",
        "{'task_name': 'dns_query'}",
        "{\"task_name\":\"dns_query\"}{\"task_name\":\"dns_query\"}",
        "{\"task_name\":\"dns_query\",\"task_name\":\"fly\"}",
        "{\"task_name\":\"dns_query\",\"params\":{\"domain\":NaN}}",
        "\u0000",
        "{\"task_name\":\"dns_query\n\"}",
        "[".repeat(100_000),
        "{\"a\":".repeat(50_000),
        "{\"task_name\":\"\\ud800\"",
        "{\"n\":" + "9".repeat(100_000) + "}");
  }

  @ParameterizedTest
  @MethodSource("notJson")
  void whatIsNotJsonIsRefusedEverywhere(String body) {
    for (String path : new String[] {"/run_task", "/run_tasks", "/stop_server", "/api/v1/tasks"}) {
      Reply reply = Http.post(system.doors().main(), path, body);

      assertThat(reply.status()).as(path + " " + reply).isEqualTo(400);
    }
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() {
    byte[] body = "{\"task_name\":\"x?\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    body[15] = (byte) 0xff;

    Reply reply =
        Http.request(
            system.doors().tasks(), "POST", "/run_task", body, "Content-Type: application/json");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
  }

  @Test
  void namesOfTenThousandCharactersAreRefused() {
    assertThat(
            Http.post(
                    system.doors().tasks(),
                    "/run_task",
                    "{\"task_name\":\"" + LONG + "\",\"params\":{}}")
                .status())
        .isEqualTo(400);
    assertThat(task("dns_query", "{\"domain\":\"" + LONG + "\"}").json().path("status").asText())
        .isEqualTo("error");
    assertThat(
            task("http_get_request", "{\"domain_or_ip\":\"" + LONG + "\"}")
                .json()
                .path("status")
                .asText())
        .isEqualTo("error");
    assertThat(Servers.start(system, 20_000, "/" + LONG, "x").path("status").asText())
        .isEqualTo("error");
    assertThat(
            Http.post(system.doors().tasks(), "/stop_server", "{\"server_id\":\"" + LONG + "\"}")
                .json()
                .path("status")
                .asText())
        .isEqualTo("error");
    assertThat(Http.get(system.doors().main(), "/" + LONG).status()).isEqualTo(414);
    assertThat(Http.get(system.doors().main(), "/" + "a".repeat(2_000)).status())
        .isIn(400, 404, 414);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\u0000b", "a\\nb", "\\r\\n", "\\u0007", "   \\t"})
  void controlCharactersInAUuidAreRefused(String uuid) {
    Reply reply = Http.post(system.doors().codes(), "/", "{\"uuid\":\"" + uuid + "\"}");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
    assertThat(reply.json().path("error").asText()).isEqualTo("[!] Invalid uuid sent");
  }

  @Test
  void aUuidOfAMegabyteIsRefusedInBothDialects() {
    String uuid = "u".repeat(1_000_000);

    Reply json = Http.post(system.doors().codes(), "/", "{\"uuid\":\"" + uuid + "\"}");
    assertThat(json.status()).isEqualTo(400);
    assertThat(json.json().path("error").asText()).isEqualTo("[!] Invalid uuid sent");

    Reply python = Clients.httpClientPost(system.doors().codes(), "/", "{'uuid': '" + uuid + "'}");
    assertThat(python.status()).isEqualTo(400);
    assertThat(python.text()).contains("[!] Invalid uuid sent");
  }

  @Test
  void aMessageWithAUuidOfAMegabyteIsRefused() {
    Reply reply =
        Http.post(
            system.doors().messages(),
            "/",
            "{\"uuid\":\"%s\",\"unique\":\"c\",\"text\":\"t\"}".formatted("u".repeat(1_000_000)));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().path("success").asBoolean(true)).isFalse();
  }

  @Test
  void aRefusedMessageIsNowhere() {
    String text = "never stored " + UUID.randomUUID();
    Http.post(
        system.doors().messages(),
        "/",
        "{\"uuid\":\"stranger\",\"unique\":\"c\",\"text\":\"" + text + "\"}");

    assertThat(Http.get(system.doors().main(), "/api/v1/messages?uuid=stranger").text())
        .doesNotContain(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"task_status\":2}",
        "{\"task_status\":-1}",
        "{\"task_status\":\"x\"}",
        "{\"task_status\":1.5}",
        "[]"
      })
  void aTaskOfNoStatusIsNotAdded(String body) {
    Census census = new Census(system.doors().main());
    int before = census.get("/get_progress").path("total_tasks").asInt();

    Reply refused = Http.post(system.doors().main(), "/add_task", body);

    assertThat(refused.json().path("success").asBoolean(true)).as(refused.toString()).isFalse();
    assertThat(census.get("/get_progress").path("total_tasks").asInt()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"task_index\":-1,\"result\":{\"result_data\":\"0\"}}",
        "{\"task_index\":\"-5\",\"result\":{\"result_data\":\"0\"}}",
        "{\"task_index\":99999999999999999999,\"result\":{\"result_data\":\"0\"}}",
        "{\"task_index\":1.5,\"result\":{\"result_data\":\"0\"}}",
        "{\"task_index\":null}",
        "{\"task_index\":\"x\\u0000\"}",
        "{}",
        "[]",
        "{"
      })
  void aResultOfNoTaskChangesNothing(String body) {
    Census census = new Census(system.doors().main());
    String before = census.get("/get_progress").toString();

    Reply refused = Http.post(system.doors().main(), "/submit_result", body);

    assertThat(refused.status()).as(refused.toString()).isIn(200, 400);
    assertThat(refused.json().path("success").asBoolean(true)).isFalse();
    assertThat(census.get("/get_progress").toString()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/messages?limit=0",
        "/api/v1/messages?limit=1001",
        "/api/v1/messages?limit=-1",
        "/api/v1/messages?limit=x",
        "/api/v1/messages?after=-1",
        "/api/v1/messages?after=99999999999999999999",
        "/api/v1/census/tasks?status=9",
        "/api/v1/census/tasks/-1",
        "/api/v1/census/tasks/x",
        "/api/v1/files?limit=x"
      })
  void numbersOutOfRangeAreProblems(String path) {
    Reply reply = Http.get(system.doors().main(), path);

    assertThat(reply.status()).as(reply.toString()).isIn(400, 404);
    assertThat(reply.header("content-type")).startsWith("application/problem+json");
  }
}
