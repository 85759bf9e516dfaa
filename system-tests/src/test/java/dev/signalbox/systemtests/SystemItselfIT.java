package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the system tells of itself. */
@ParameterizedClass
@EnumSource
class SystemItselfIT {

  private final Deployment system;
  private final int main;

  SystemItselfIT(Shape shape) {
    this.system = shape.shared();
    this.main = system.doors().main();
  }

  @Test
  void itLivesAndIsReady() {
    assertThat(Http.get(main, "/health/live").status()).isEqualTo(200);
    assertThat(Http.get(main, "/health/ready").status()).isEqualTo(200);
  }

  @Test
  void everyServiceIsListedWithItsLoad() {
    JsonNode items = Http.get(main, "/api/v1/services").json().path("items");

    assertThat(items.findValuesAsText("service"))
        .containsExactlyInAnyOrderElementsOf(Distribution.SERVICES);
    assertThat(items)
        .allSatisfy(service -> {
          assertThat(service.path("state").asText()).isEqualTo("ready");
          assertThat(service.path("node").asText()).isNotEmpty();
          assertThat(service.path("version").asText()).isNotEmpty();
          assertThat(service.path("since").asText()).endsWith("Z");
          assertThat(service.path("in_flight").isNumber()).isTrue();
          assertThat(service.path("handled").isNumber()).isTrue();
          assertThat(service.path("failed").isNumber()).isTrue();
        });
  }

  @Test
  void metricsAreThoseOfPrometheus() {
    Reply metrics = Http.get(main, "/metrics");

    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.header("content-type")).startsWith("text/plain");
    assertThat(metrics.text()).contains("# TYPE ");
  }

  @Test
  void theInterfaceIsDescribed() throws IOException {
    Reply reply = Http.get(main, "/openapi.yaml");

    assertThat(reply.status()).isEqualTo(200);
    JsonNode description = new YAMLMapper().readTree(reply.text());
    assertThat(description.path("openapi").asText()).startsWith("3.1");
    JsonNode paths = description.path("paths");
    for (String path :
        new String[] {"/run_task", "/run_tasks", "/upload", "/get_task", "/api/v1/tasks"}) {
      assertThat(paths.has(path)).as(path).isTrue();
    }
    description
        .path("paths")
        .forEach(path ->
            path.properties()
                .forEach(method -> {
                  if (method.getKey().matches("get|put|post|delete|patch|head")) {
                    assertThat(method.getValue().path("operationId").asText()).isNotEmpty();
                    assertThat(method.getValue().path("summary").asText()).isNotEmpty();
                  }
                }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/docs", "/errors"})
  void itsPagesArePages(String path) {
    Reply page = Http.get(main, path);
    if (page.status() / 100 == 3) {
      page = Http.get(main, page.header("location"));
    }

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("content-type")).startsWith("text/html");
  }

  @Test
  void everyDoorServesTheSameRoutes() {
    Doors doors = system.doors();
    for (int door : new int[] {doors.main(), doors.tasks(), doors.codes(), doors.messages()}) {
      assertThat(Http.get(door, "/ping").text()).isEqualTo("{}");
      assertThat(Http.get(door, "/active_servers").status()).isEqualTo(200);
      assertThat(Http.get(door, "/api/v1/services").status()).isEqualTo(200);
    }
  }
}
