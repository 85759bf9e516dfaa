package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The classic calls of the task framework, with everything that may be wrong about them. */
@ParameterizedClass
@EnumSource
class ClassicTasksIT {

  private final Deployment system;

  ClassicTasksIT(Shape shape) {
    this.system = shape.shared();
  }

  @BeforeEach
  @AfterEach
  void noServers() {
    Servers.stopAll(system);
  }

  private Reply post(String path, String json) {
    return Http.post(system.doors().tasks(), path, json);
  }

  private static void isError(Reply reply, int status, String message) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    assertThat(reply.json().path("status").asText()).isEqualTo("error");
    assertThat(reply.json().path("message").asText()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{\"params\":{}}", "{\"task_name\":\"\"}"})
  void aTaskNeedsAName(String body) {
    isError(post("/run_task", body), 400, "Task name is required");
  }

  @Test
  void anUnknownTaskIsToldWhichThereAre() {
    Reply reply = post("/run_task", "{\"task_name\":\"fly\",\"params\":{}}");

    isError(reply, 400, "Unknown task: fly");
    List<String> available = new ArrayList<>();
    reply.json().path("available_tasks").forEach(name -> available.add(name.asText()));
    assertThat(available)
        .contains(
            "dns_query",
            "http_get_request",
            "http_probe",
            "start_http_server",
            "stop_http_server",
            "list_http_servers",
            "issue_code",
            "store_message");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{\"tasks\":[]}"})
  void aBatchNeedsTasks(String body) {
    isError(post("/run_tasks", body), 400, "No tasks provided");
  }

  @Test
  void oneBadTaskOfABatchIsAnItemNotTheEnd() {
    Reply reply =
        post(
            "/run_tasks",
            """
            {"tasks":[{"task_name":"fly"},{"params":{}},
              {"task_name":"dns_query","params":{"domain":""}},
              {"task_name":"dns_query","params":{"domain":"example.com"}}]}\
            """);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("status").asText()).isEqualTo("success");
    JsonNode results = reply.json().path("results");
    assertThat(results).hasSize(4);
    assertThat(results.get(0).path("message").asText()).isEqualTo("Unknown task: fly");
    assertThat(results.get(1).path("message").asText()).isEqualTo("Task name is required");
    assertThat(results.get(2).path("message").asText()).isEqualTo("Please enter a valid domain");
    assertThat(results.get(3).path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
  }

  @Test
  void anEmptyDomainIsRefusedInTheDocumentsWords() {
    JsonNode result =
        post("/run_task", "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"\"}}").json();

    assertThat(result.path("status").asText()).isEqualTo("error");
    assertThat(result.path("message").asText()).isEqualTo("Please enter a valid domain");
  }

  @Test
  void aNameThatDoesNotResolveIsAnErrorOfTheTaskNotOfTheCall() {
    Reply reply =
        post("/run_task", "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"no.such.test\"}}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("error").asText()).startsWith("Failed to resolve domain: ");
  }

  @Test
  void aTargetThatDoesNotAnswerIsAnErrorOfTheTask() {
    Reply reply =
        post(
            "/run_task",
            """
            {"task_name":"http_get_request","params":{"domain_or_ip":"127.0.0.1","port":%d}}\
            """
                .formatted(FreePorts.next()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("error").asText()).startsWith("HTTP GET request failed: ");
  }

  @Test
  void stoppingNeedsAnIdAndAServer() {
    isError(post("/stop_server", "{}"), 400, "Server ID is required");
    isError(post("/stop_server", "{\"server_id\":\"\"}"), 400, "Server ID is required");
    isError(post("/stop_server", "{\"server_id\":\"none\"}"), 200, "Server none not found");
  }

  @Test
  void theRulesOfServersAreCheckedInTheirOrder() {
    int port = FreePorts.next();
    int other = FreePorts.next();
    String id = Servers.start(system, port, "/page", "x").path("server_id").asText();

    assertThat(Servers.start(system, 80, "/page", "x").path("message").asText())
        .isEqualTo("Port must be between 1024 and 65535");
    assertThat(Servers.start(system, 65_536, "/other", "x").path("message").asText())
        .isEqualTo("Port must be between 1024 and 65535");
    assertThat(Servers.start(system, port, "/page", "x").path("message").asText())
        .isEqualTo("Port " + port + " is already in use by server " + id);
    assertThat(Servers.start(system, other, "/page", "x").path("message").asText())
        .isEqualTo("Page URI /page is already in use by server " + id);
    int foreign = system.doors().main();
    assertThat(Servers.start(system, foreign, "/foreign", "x").path("message").asText())
        .isEqualTo("Port " + foreign + " is not available");
    assertThat(Servers.active(system)).hasSize(1);
  }

  @Test
  void theEleventhServerIsRefusedBeforeAnythingElseIsChecked() {
    for (int i = 0; i < 10; i++) {
      JsonNode started = Servers.start(system, FreePorts.next(), "/page-" + i, "x");
      assertThat(started.path("status").asText()).as(started.toString()).isEqualTo("success");
    }

    JsonNode refused = Servers.start(system, 80, "/page-0", "x");

    assertThat(refused.path("status").asText()).isEqualTo("error");
    assertThat(refused.path("message").asText()).isEqualTo("Cannot create more than 10 servers");
    assertThat(Servers.active(system)).hasSize(10);
  }

  @ParameterizedTest
  @CsvSource({"/run_task,GET,POST", "/run_tasks,PUT,POST", "/active_servers,POST,GET"})
  void aWrongMethodIsToldTheRightOne(String path, String method, String allowed) {
    Reply reply =
        Http.send(system.doors().tasks(), method, path, "{}", "Content-Type: application/json");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("allow")).contains(allowed);
    assertThat(reply.json().path("status").asText()).isEqualTo("error");
  }

  @ParameterizedTest
  @CsvSource({"/run_task", "/run_tasks", "/stop_server"})
  void whatIsNotJsonIsRefused(String path) {
    Reply broken = post(path, "{\"task_name\":");
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.json().path("status").asText()).isEqualTo("error");

    Reply typed =
        Http.send(system.doors().tasks(), "POST", path, "task_name=x", "Content-Type: text/plain");
    assertThat(typed.status()).isEqualTo(415);
    assertThat(typed.json().path("status").asText()).isEqualTo("error");
  }
}
