package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.signalbox.gateway.handler.RequestScopeHandler;
import dev.signalbox.gateway.limit.ClientQuotas;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The description says what is served, all of it but parts of pages, and nothing else. */
class DescriptionTest {

  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options");
  private static GatewayFixture gateway;
  private static JsonNode description;
  private static List<MountedRoute> served;

  @BeforeAll
  static void start() throws IOException {
    AtomicReference<ServiceContext> context = new AtomicReference<>();
    gateway =
        GatewayFixture.start(
            List.of(FakeService.named("observer-service", endpoint -> {}, context::set)));
    served =
        routes(context.get().config("gateway", GatewayConfig.class), context.get()).stream()
            .filter(route -> route.rules().described())
            .toList();
    try (InputStream in = DescriptionTest.class.getResourceAsStream("/openapi.yaml")) {
      description = new YAMLMapper().readTree(in);
    }
  }

  private static List<MountedRoute> routes(GatewayConfig config, ServiceContext context) {
    ConnectionRegistry connections =
        new ConnectionRegistry(
            context.vertx(),
            config.connections(),
            new ClientQuotas(1, 1),
            config.proxies(),
            new AtomicInteger());
    return new GatewayRouter(
            config,
            context,
            GatewayShared.of(config, context),
            new RequestScopeHandler(
                connections,
                config.proxies(),
                context.metrics(),
                context.load(),
                false,
                "test",
                context.bus()::cancellable,
                null,
                new UnreadBodies(new MemoryBudget(1)),
                context.tracer()))
        .routes(config.doors());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private record Described(String key, JsonNode operation) {}

  private static List<Described> operations() {
    List<Described> all = new ArrayList<>();
    description
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method -> {
                  if (METHODS.contains(method.getKey())) {
                    all.add(
                        new Described(
                            method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                            method.getValue()));
                  }
                }));
    return all;
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionIsARoute() {
    Set<String> routes = new TreeSet<>();
    for (MountedRoute route : served) {
      routes.add(route.methods().getFirst() + " " + route.template());
    }
    Set<String> described = new TreeSet<>();
    operations().forEach(operation -> described.add(operation.key()));

    assertThat(described).containsExactlyElementsOf(routes);
  }

  @Test
  void theDescriptionIsValidOpenApi31() {
    // The library insists on an absolute address, which a description that moves cannot have.
    ((ObjectNode) description.get("servers").get(0)).put("url", "http://localhost:8080");

    OpenAPIContract contract =
        TestNode.await(
            OpenAPIContract.from(
                gateway.node().vertx(), new JsonObject(knownTypes(description.toString()))));

    assertThat(contract.operations()).hasSize(operations().size());
  }

  /**
   * The library checks only descriptions whose media types it can read itself, and refuses
   * parameters that are a part of a path's segment, which OpenAPI allows.
   */
  private static String knownTypes(String text) {
    return text.replace("/worker-{platform}.tar.gz", "/worker/{platform}")
        .replace("application/problem+json", "application/hal+json")
        .replace("application/x-ndjson", "text/plain; charset=utf-8")
        .replace("\"*/*\"", "\"text/plain\"")
        .replace("application/dns-json", "application/hal+json")
        .replace("application/dns-message", "application/octet-stream")
        .replace("application/offset+octet-stream", "application/octet-stream")
        .replace("application/zip", "application/octet-stream")
        .replace("application/yaml", "text/plain")
        .replace("application/x-www-form-urlencoded", "text/plain; charset=utf-8")
        .replaceAll(
            "text/(csv|css|event-stream|html|javascript)|image/(svg\\+xml|png)", "text/plain");
  }

  @Test
  void everyOperationHasIdSummaryRoleErrorsAndExamples() {
    Set<String> ids = new TreeSet<>();
    for (Described described : operations()) {
      JsonNode operation = described.operation();
      assertThat(ids.add(operation.path("operationId").asText())).as(described.key()).isTrue();
      assertThat(operation.path("operationId").asText()).as(described.key()).isNotEmpty();
      assertThat(operation.path("summary").asText()).as(described.key()).isNotEmpty();
      assertThat(declaredTags()).as(described.key()).containsAll(tags(operation));
      assertThat(operation.path("description").asText())
          .as(described.key())
          .containsPattern("Needs (the role (reader|worker|operator|admin)|no token)\\.");
      operation
          .path("requestBody")
          .path("content")
          .properties()
          .forEach(content -> {
            if (content.getKey().equals("application/json") && !described.key().startsWith("PUT")) {
              assertThat(content.getValue().has("example") || content.getValue().has("examples"))
                  .as(described.key())
                  .isTrue();
            }
          });
    }
  }

  private static List<String> declaredTags() {
    return description.get("tags").findValuesAsText("name");
  }

  private static List<String> tags(JsonNode operation) {
    List<String> tags = new ArrayList<>();
    operation.path("tags").forEach(tag -> tags.add(tag.asText()));
    assertThat(tags).as(operation.path("operationId").asText()).isNotEmpty();
    return tags;
  }

  @Test
  void givenTheTags_whenReadInOrder_thenTheyAreTheCapabilitiesWithClassicCallsLast() {
    assertThat(declaredTags())
        .containsExactly(
            "Tasks",
            "DNS",
            "HTTP probes",
            "Servers on demand",
            "Files",
            "Codes and messages",
            "Census",
            "System",
            "Classic calls");
    for (JsonNode tag : description.get("tags")) {
      assertThat(tag.get("description").asText()).as(tag.get("name").asText()).contains(". ");
      assertThat(operations())
          .as(tag.get("name").asText())
          .anyMatch(described -> tags(described.operation()).contains(tag.get("name").asText()));
    }
  }

  @Test
  void givenTheOperations_whenReadInOrder_thenEachTagBeginsWithApiV1AndClassicCallsHaveNone() {
    String last = "";
    for (Described described : operations()) {
      String tag = tags(described.operation()).getFirst();
      boolean consistent = described.key().contains(" /api/v1/");
      if (tag.equals("Classic calls")) {
        assertThat(consistent).as(described.key()).isFalse();
      } else if (consistent) {
        assertThat(last).as(described.key()).isNotEqualTo(tag);
      } else {
        last = tag;
      }
    }
  }

  /**
   * A generator of clients names what has no name by where it stands. It makes parameters of the
   * fields of a form.
   */
  @Test
  void givenBodies_whenTheyAreObjects_thenTheirSchemasHaveNames() {
    for (JsonNode content : description.findValues("content")) {
      content
          .properties()
          .forEach(type -> {
            JsonNode schema = type.getValue().path("schema");
            boolean form = type.getKey().startsWith("multipart/");
            assertThat(form || !schema.path("type").asText().equals("object"))
                .as(schema.toString())
                .isTrue();
            assertThat(schema.path("items").path("type").asText())
                .as(schema.toString())
                .isNotEqualTo("object");
          });
    }
  }

  @Test
  void theRoleInTheDescriptionIsTheRoleOfTheRoute() {
    for (MountedRoute route : served) {
      String key = route.methods().getFirst() + " " + route.template();
      String label = route.rules().role().label();
      String role = label.equals("public") ? "Needs no token." : "Needs the role " + label + ".";
      JsonNode operation =
          operations().stream()
              .filter(described -> described.key().equals(key))
              .findFirst()
              .orElseThrow()
              .operation();

      assertThat(operation.get("description").asText()).as(key).contains(role);
    }
  }

  @Test
  void theFileIsServed() {
    GatewayFixture.Reply reply = gateway.get("/openapi.yaml");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).startsWith("openapi: 3.1.0");
    assertThat(
            gateway
                .send("main", "GET", "/openapi.yaml", null, "If-None-Match", reply.header("etag"))
                .status())
        .isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/docs",
        "/docs/page.css",
        "/docs/page.js",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
        "/docs/icon.svg",
        "/docs/colours.css"
      })
  void thePageAndItsPartsAreServed(String path) {
    assertThat(gateway.get(path).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/docs/..%2fopenapi.yaml", "/docs/no-such.js", "/docs/index.html", "/docs/%2e%2e"})
  void nothingElseOfTheJarIs(String path) {
    // 503 where the path, normalized, is a file's: there is no file-service here.
    assertThat(gateway.get(path).status()).isIn(404, 503);
  }

  @Test
  void thePageFetchesNothingFromElsewhere() {
    for (String path : List.of("/docs", "/docs/page.css", "/docs/page.js")) {
      assertThat(gateway.get(path).body()).doesNotContain("http://", "https://", "//cdn");
    }
    assertThat(gateway.get("/docs").header("content-security-policy"))
        .contains("default-src 'none'");
  }
}
