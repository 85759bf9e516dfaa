package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that come and go while the gateway stays. */
@LongTest
class SeparateProcessesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUERY =
      "{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"example.com\"}}";

  private static Cluster alone;

  private Cluster cluster;

  /** One gateway for all tests; each ends the services that it started. */
  @BeforeEach
  void aGatewayAlone() {
    if (alone == null) {
      alone = Cluster.gatewayAlone(Shape.settings());
    }
    cluster = alone;
  }

  @AfterEach
  void endServices() {
    cluster.endServices();
  }

  private Reply query() {
    return Http.post(cluster.doors().tasks(), "/run_task", QUERY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|/run_task|{\"task_name\":\"dns_query\",\"params\":{}}|dns-service",
        "POST|/run_task|{\"task_name\":\"http_get\",\"params\":{}}|http-probe-service",
        "POST|/run_task|{\"task_name\":\"start_http_server\"}|server-factory-service",
        "GET|/active_servers||server-factory-service",
        "POST|/stop_server|{\"server_id\":\"x\"}|server-factory-service",
        "GET|/index.html||file-service",
        "POST|/upload|{}|file-service",
        "GET|/get_task||ping-coordinator",
        "GET|/get_progress||ping-coordinator",
        "POST|/api/v1/codes|{\"uuid\":\"u\"}|code-service",
        "GET|/api/v1/messages||code-service",
        "GET|/api/v1/servers||server-factory-service",
        "GET|/api/v1/files||file-service",
        "GET|/api/v1/census/progress||ping-coordinator"
      })
  void theMissingServiceIsNamed(String method, String path, String body, String service) {
    Reply reply =
        Http.send(
            cluster.doors().main(),
            method,
            path,
            body == null ? "" : body,
            "Content-Type: application/json");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(503);
    assertThat(reply.header("retry-after")).matches("\\d+");
    assertThat(reply.text()).contains(service);
  }

  @Test
  void aGatewayAloneIsAliveAndListsItself() {
    int main = cluster.doors().main();

    assertThat(Http.get(main, "/health/live").status()).isEqualTo(200);
    assertThat(Http.get(main, "/api/v1/services").json().findValuesAsText("service"))
        .contains("gateway-service");
    assertThat(Http.get(main, "/openapi.yaml").status()).isEqualTo(200);
  }

  @Test
  void aServiceIsFoundAndMissedAgain() {
    SignalboxProcess dns = cluster.launch("dns-service");
    dns.await(
        "to answer queries",
        () -> query().json().path("ip_address").asText().equals(Surroundings.EXAMPLE_COM));

    assertThat(dns.stop()).isIn(0, 143);

    Awaitility.await("the service missed")
        .atMost(PATIENCE)
        .until(() -> query().status() == 503 && query().text().contains("dns-service"));
  }

  @Test
  void callsGoOnWhenAReplicaIsKilled() throws InterruptedException {
    SignalboxProcess first = cluster.launch("dns-service");
    cluster.launch("dns-service");
    cluster.awaitReady("dns-service", 2);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    Load load = new Load();
    for (int i = 0; i < 4; i++) {
      load.run(() -> {
        while (!over.get()) {
          Reply reply = query();
          assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
          assertThat(reply.json().path("ip_address").asText())
              .as(reply.toString())
              .isEqualTo(Surroundings.EXAMPLE_COM);
          answered.incrementAndGet();
        }
      });
    }
    Awaitility.await().atMost(PATIENCE).until(() -> answered.get() > 100);

    first.kill();
    int before = answered.get();
    Awaitility.await("calls going on").atMost(PATIENCE).until(() -> answered.get() > before + 200);
    cluster.awaitReady("dns-service", 1);
    over.set(true);
    load.awaitAll();
  }

  @Test
  void aStopReachesTheOwnerWhicheverReplicaItIs() {
    cluster.launch("server-factory-service");
    cluster.launch("server-factory-service");
    cluster.awaitReady("server-factory-service", 2);
    Map<String, Integer> ports = new HashMap<>();
    Set<String> owners = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      int port = FreePorts.next();
      Reply started =
          Http.post(
              cluster.doors().main(),
              "/api/v1/servers",
              "{\"port\":%d,\"page_uri\":\"/owned-%d\",\"response_data\":\"x\"}"
                  .formatted(port, i));
      assertThat(started.status()).as(started.toString()).isEqualTo(201);
      assertThat(Http.get(port, "/owned-" + i).text()).isEqualTo("x");
      ports.put(started.json().path("server_id").asText(), port);
      owners.add(started.json().path("node").asText());
    }
    assertThat(owners).as("both replicas own servers").hasSize(2);
    JsonNode eleventh =
        Http.post(
                cluster.doors().tasks(),
                "/run_task",
                """
                {"task_name":"start_http_server","params":
                 {"port":%d,"page_uri":"/eleventh","response_data":"x"}}\
                """
                    .formatted(FreePorts.next()))
            .json();
    assertThat(eleventh.path("message").asText()).isEqualTo("Cannot create more than 10 servers");

    ports.forEach((id, port) -> {
      Reply stopped =
          Http.post(cluster.doors().tasks(), "/stop_server", "{\"server_id\":\"" + id + "\"}");
      assertThat(stopped.json().path("message").asText()).isEqualTo("Server " + id + " stopped");
      Servers.awaitGone(port);
    });
    assertThat(Http.get(cluster.doors().tasks(), "/active_servers").json().path("active_servers"))
        .isEmpty();
  }
}
