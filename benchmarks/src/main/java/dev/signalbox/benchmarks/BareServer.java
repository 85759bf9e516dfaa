package dev.signalbox.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The least a Vert.x server can do for the same answer: reads {@code {"uuid":…}}, looks the code up
 * and answers {@code {"success":true,"unique":…}}. No bus, no host check, no limits, no log.
 *
 * <p>Arguments: port, event loops.
 */
public final class BareServer extends VerticleBase {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port;
  private final Map<String, String> codes;

  private BareServer(int port, Map<String, String> codes) {
    this.port = port;
    this.codes = codes;
  }

  static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    int loops = Integer.parseInt(args[1]);
    Map<String, String> codes = new ConcurrentHashMap<>();
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
    vertx
        .deployVerticle(
            () -> new BareServer(port, codes), new DeploymentOptions().setInstances(loops))
        .onComplete(started -> System.out.println("ready"), failed -> System.err.println(failed));
  }

  @Override
  public Future<?> start() {
    return vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
        .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
        .listen();
  }

  private void answer(HttpServerRequest request, Buffer body) {
    try {
      JsonNode json = JSON.readTree(body.getBytes());
      String code =
          codes.computeIfAbsent(
              json.path("uuid").asText(), uuid -> "0123456789abcdef0123456789abcdef");
      request
          .response()
          .putHeader("Content-Type", "application/json")
          .end(
              Buffer.buffer(
                  JSON.writeValueAsBytes(
                      JSON.createObjectNode().put("success", true).put("unique", code))));
    } catch (IOException e) {
      request.response().setStatusCode(400).end();
    }
  }
}
