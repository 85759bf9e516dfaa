package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples of document 1, the task framework, as its users run them. */
@ParameterizedClass
@EnumSource
class DocumentOneIT {

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private final Deployment system;

  DocumentOneIT(Shape shape) {
    this.system = shape.shared();
  }

  @BeforeEach
  @AfterEach
  void noServers() {
    Servers.stopAll(system);
  }

  private Reply post(String path, String json) {
    return Clients.requestsPost(system.doors().tasks(), path, json);
  }

  private void assumeTheDocumentsPortIsFree() {
    assumeTrue(FreePorts.free(50010), "port 50010 of the document is taken on this machine");
  }

  @Test
  void dnsQueryOfTheUsageSection() {
    Reply reply =
        post(
            "/run_task",
            """
            {
              "task_name": "dns_query",
              "params": {
                "domain": "example.com"
              }
            }
            """);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("domain").asText()).isEqualTo("example.com");
    assertThat(reply.json().path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
  }

  @Test
  void dnsQueryAsTheClientSendsIt() {
    Reply reply =
        post(
            "/run_task",
            "{\"task_name\": \"dns_query\", \"params\": {\"domain\": \"example.com\"}}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).startsWith("application/json");
    assertThat(reply.json().path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
    assertThat(reply.json().path("rcode").asText()).isEqualTo("NOERROR");
  }

  /** The document's target is on the internet; here the same call goes to this machine. */
  @Test
  void httpGetRequestAsTheClientSendsIt() {
    Reply reply =
        post(
            "/run_task",
            """
            {"task_name": "http_get_request", "params": {"domain_or_ip": "127.0.0.1", \
            "port": %d, "uri": "/"}}\
            """
                .formatted(Surroundings.webPort()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("status_code").asInt()).isEqualTo(200);
    assertThat(reply.json().path("data").asText()).isEqualTo(Surroundings.PAGE);
    assertThat(reply.json().path("url").asText())
        .isEqualTo("http://127.0.0.1:" + Surroundings.webPort() + "/");
  }

  @Test
  void startHttpServerAsTheClientSendsIt() {
    assumeTheDocumentsPortIsFree();

    JsonNode started =
        post(
                "/run_task",
                """
                {"task_name": "start_http_server", "params": {"port": 50010, \
                "page_uri": "/test", "response_data": "This is a test page!"}}\
                """)
            .json();

    assertThat(started.path("status").asText()).isEqualTo("success");
    assertThat(started.path("server_id").asText()).matches(UUID);
    assertThat(started.path("port").asInt()).isEqualTo(50010);
    Reply page = Http.get(50010, "/test");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text()).isEqualTo("This is a test page!");
    assertThat(Http.get(50010, "/elsewhere").status()).isEqualTo(404);
  }

  @Test
  void runTasksOfTheUsageSection() {
    assumeTheDocumentsPortIsFree();

    Reply reply =
        post(
            "/run_tasks",
            """
            {
              "tasks": [
                {
                  "task_name": "dns_query",
                  "params": { "domain": "example.com" }
                },
                {
                  "task_name": "http_get_request",
                  "params": {\s
                    "domain_or_ip": "127.0.0.1",\s
                    "port": %d,\s
                    "uri": "/"\s
                  }
                },
                {
                  "task_name": "create_http_server",
                  "params": {\s
                    "port": 50010,\s
                    "page_uri": "/test",\s
                    "response_data": "This is a test page!"\s
                  }
                }
              ]
            }
            """
                .formatted(Surroundings.webPort()));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("status").asText()).isEqualTo("success");
    JsonNode results = reply.json().path("results");
    assertThat(results).hasSize(3);
    assertThat(results.get(0).path("ip_address").asText()).isEqualTo(Surroundings.EXAMPLE_COM);
    assertThat(results.get(1).path("status_code").asInt()).isEqualTo(200);
    assertThat(results.get(2).path("status").asText()).isEqualTo("success");
    assertThat(Http.get(50010, "/test").text()).isEqualTo("This is a test page!");
  }

  @Test
  void activeServersAreListedAndStopped() {
    int port = FreePorts.next();
    String id = Servers.start(system, port, "/listed", "here").path("server_id").asText();

    JsonNode listed = Clients.requestsGet(system.doors().tasks(), "/active_servers").json();
    assertThat(listed.path("status").asText()).isEqualTo("success");
    assertThat(listed.path("active_servers")).hasSize(1);
    JsonNode server = listed.path("active_servers").get(0);
    assertThat(server.path("server_id").asText()).isEqualTo(id);
    assertThat(server.path("port").asInt()).isEqualTo(port);
    assertThat(server.path("page_uri").asText()).isEqualTo("/listed");

    Reply stopped = post("/stop_server", "{\"server_id\": \"" + id + "\"}");
    assertThat(stopped.status()).isEqualTo(200);
    assertThat(stopped.json())
        .isEqualTo(
            Reply.json("{\"status\":\"success\",\"message\":\"Server " + id + " stopped\"}"));
    Servers.awaitGone(port);
    assertThat(Servers.active(system)).isEmpty();
  }

  @Test
  void everyAliasOfTheTasksIsKnown() {
    for (String alias : new String[] {"http_get", "http_get_request"}) {
      assertThat(
              post(
                      "/run_task",
                      """
                      {"task_name":"%s","params":{"domain_or_ip":"127.0.0.1","port":%d}}\
                      """
                          .formatted(alias, Surroundings.webPort()))
                  .json()
                  .path("status_code")
                  .asInt())
          .as(alias)
          .isEqualTo(200);
    }
    for (String alias :
        new String[] {"start_http_server", "create_http_server", "create_http_server_task"}) {
      JsonNode started =
          post(
                  "/run_task",
                  """
                  {"task_name":"%s","params":{"port":%d,"page_uri":"/%s","response_data":"x"}}\
                  """
                      .formatted(alias, FreePorts.next(), alias))
              .json();
      assertThat(started.path("status").asText()).as(alias + ": " + started).isEqualTo("success");
    }
    for (String alias : new String[] {"list_http_servers", "list_http_active_servers"}) {
      assertThat(
              post("/run_task", "{\"task_name\":\"" + alias + "\"}")
                  .json()
                  .findValuesAsText("server_id"))
          .as(alias)
          .hasSize(3);
    }
    for (String alias : new String[] {"stop_http_server", "stop_http_active_server"}) {
      String id = Servers.active(system).get(0).path("server_id").asText();
      assertThat(
              post(
                      "/run_task",
                      """
                      {"task_name":"%s","params":{"server_id":"%s"}}\
                      """
                          .formatted(alias, id))
                  .json()
                  .path("status")
                  .asText())
          .as(alias)
          .isEqualTo("success");
    }
  }
}
