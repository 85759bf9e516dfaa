package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.trace.Exemplars;
import dev.signalbox.platform.trace.TraceContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagementServerTest {

  private final Map<String, String> states = new ConcurrentHashMap<>(Map.of("a-service", "ready"));
  private final PrometheusMeterRegistry metrics = Metrics.registry(true);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Vertx vertx = Vertx.vertx();
  private URI base;

  @BeforeEach
  void start() throws Exception {
    NodeConfig config =
        Node.configure(ConfigSource.of(null, Map.of(), Map.of()), List.of())
            .section(Node.SECTION, NodeConfig.class);
    HttpServer server = get(ManagementServer.start(vertx, config, () -> states, metrics));
    base = URI.create("http://127.0.0.1:" + server.actualPort());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private HttpResponse<String> request(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void givenATracedDuration_whenScrapedAsOpenMetrics_thenItsBucketHasTheTraceAsExemplar()
      throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Timer timer = Timer.builder("work").register(metrics);
    Exemplars.record(
        timer, 3_000_000, TraceContext.received("00-" + trace + "-00f067aa0ba902b7-01", List.of()));

    HttpResponse<String> open = scrape("application/openmetrics-text;version=1.0.0,*/*;q=0.1");
    HttpResponse<String> plain = scrape("text/plain");

    assertThat(open.headers().firstValue("content-type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(open.headers().firstValue("vary")).contains("accept");
    assertThat(open.body().lines().filter(line -> line.contains(trace)))
        .singleElement()
        .satisfies(line ->
            assertThat(line)
                .startsWith("work_seconds_bucket{le=\"0.005\"} 1")
                .contains("# {span_id=\"00f067aa0ba902b7\",trace_id=\"" + trace + "\"} 0.003"));
    assertThat(open.body()).endsWith("# EOF\n");
    assertThat(plain.body()).doesNotContain(trace);
  }

  @Test
  void givenDurationsWithoutATraceThatIsKept_whenScraped_thenThereIsNoExemplar() throws Exception {
    Timer timer = Timer.builder("work").register(metrics);
    Exemplars.record(timer, 3_000_000, null);
    Exemplars.record(
        timer,
        3_000_000,
        TraceContext.received(
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", List.of()));

    assertThat(scrape("application/openmetrics-text").body()).doesNotContain("trace_id");
  }

  private HttpResponse<String> scrape(String accept) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/metrics")).header("Accept", accept).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | PROMETHEUS",
        "'' | PROMETHEUS",
        "*/* | PROMETHEUS",
        "text/plain | PROMETHEUS",
        "application/openmetrics-text | OPEN_METRICS",
        "Application/OpenMetrics-Text; version=0.0.1 | OPEN_METRICS",
        "application/openmetrics-text;q=0 | PROMETHEUS",
        "application/openmetrics-text;q=nonsense | PROMETHEUS",
        "application/openmetrics-text;q=0.5,text/plain;q=0.8 | PROMETHEUS",
        "text/plain;q=0.5,application/openmetrics-text;q=0.75,*/*;q=0.1 | OPEN_METRICS",
        "application/vnd.google.protobuf | PROMETHEUS",
        ",;,;q=,,,application/json | PROMETHEUS",
      })
  void givenAnAccept_whenMetricsAreAsked_thenOpenMetricsIsForWhoeverPrefersItByName(
      String accept, MetricsFormat format) {
    assertThat(MetricsFormat.of(accept)).isEqualTo(format);
  }

  @Test
  void givenMetersWhenScrapedThenTheyAreInThePrometheusTextFormat() throws Exception {
    Counter.builder("things.done").description("Things done").register(metrics).increment();

    HttpResponse<String> response = request("GET", "/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body())
        .contains("# HELP things_done_total Things done\n", "things_done_total 1.0\n");
  }

  @Test
  void givenAMeterThatIsSlowToReadWhenScrapedThenNoEventLoopWaitsForIt() throws Exception {
    AtomicReference<Boolean> onEventLoop = new AtomicReference<>();
    Gauge.builder(
            "thing",
            () -> {
              onEventLoop.set(Context.isOnEventLoopThread());
              return 1;
            })
        .register(metrics);

    request("GET", "/metrics");

    assertThat(onEventLoop).hasValue(false);
  }

  @Test
  void givenAReadyProcessWhenAskedThenItSaysSo() throws Exception {
    assertThat(request("GET", "/health/live").statusCode()).isEqualTo(200);
    assertThat(request("GET", "/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void givenAServiceThatIsNotReadyWhenAskedThenTheProcessLivesAndIsNotReady() throws Exception {
    states.put("a-service", "draining");

    assertThat(request("GET", "/health/live").statusCode()).isEqualTo(200);
    HttpResponse<String> response = request("GET", "/health/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"a-service\":\"draining\"");
  }

  @Test
  void givenAnotherMethodOrPathWhenAskedThenItIsRefused() throws Exception {
    HttpResponse<String> post = request("POST", "/metrics");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
    assertThat(request("GET", "/other").statusCode()).isEqualTo(404);
  }
}
