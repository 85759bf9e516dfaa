package dev.signalbox.platform.node;

import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.service.Health;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health and metrics of a process, on a port of their own that no client reaches. */
final class ManagementServer {

  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final int IDLE_SECONDS = 30;

  private final Vertx vertx;
  private final Health health;
  private final PrometheusMeterRegistry metrics;

  private ManagementServer(Vertx vertx, Health health, PrometheusMeterRegistry metrics) {
    this.vertx = vertx;
    this.health = health;
    this.metrics = metrics;
  }

  static Future<HttpServer> start(
      Vertx vertx, NodeConfig config, Health health, PrometheusMeterRegistry metrics) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setHost(config.managementHost())
                .setPort(config.managementPort())
                .setIdleTimeout(IDLE_SECONDS))
        .requestHandler(new ManagementServer(vertx, health, metrics)::answer)
        .listen()
        .recover(e ->
            Future.failedFuture(
                new StartException(
                    "The management port "
                        + config.managementPort()
                        + " cannot be opened ("
                        + e.getMessage()
                        + "); choose another with platform.management-port",
                    e)));
  }

  private void answer(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().setStatusCode(405).putHeader("Allow", "GET, HEAD").end();
      return;
    }
    switch (String.valueOf(request.path())) {
      case "/health/live" -> json(request, 200, Map.of("status", "live"));
      case "/health/ready" -> {
        Health.Report report = health.report();
        json(request, report.ready() ? 200 : 503, report);
      }
      case "/metrics" -> scrape(request);
      default -> request.response().setStatusCode(404).end();
    }
  }

  /** Off the event loop: a scrape writes every series of every meter. */
  private void scrape(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String type = MetricsFormat.of(request.getHeader(HttpHeaders.ACCEPT)).contentType();
    vertx
        .executeBlocking(() -> metrics.scrape(type), false)
        .onSuccess(text ->
            response
                .putHeader(HttpHeaders.CONTENT_TYPE, type)
                .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                .end(text))
        .onFailure(e -> {
          LOG.warn("cannot write the metrics", e);
          response.setStatusCode(500).end();
        });
  }

  private static void json(HttpServerRequest request, int status, Object body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(Buffer.buffer(Json.bytes(body)));
  }
}
