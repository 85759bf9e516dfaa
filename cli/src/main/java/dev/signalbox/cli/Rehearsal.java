package dev.signalbox.cli;

import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.Node;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts the whole system on ports of its own, asks it a few things and stops it, so that the JVM
 * can record which classes a start needs. Run by the command's script once after each build.
 */
final class Rehearsal {

  private static final long BOUND_S = 60;

  private static final List<String> PATHS =
      List.of("/health/ready", "/", "/api/v1/services", "/get_progress", "/active_servers");

  private Rehearsal() {}

  /** Rehearses with the settings given, which must name a scratch data directory. */
  static void run(Map<String, String> given) throws InterruptedException {
    Map<String, String> settings = new LinkedHashMap<>(given);
    settings.put("gateway.port", "any");
    for (String door : List.of("tasks", "codes", "messages")) {
      settings.put("gateway." + door + "-port", "off");
    }
    try {
      Node node = await(Node.start(ConfigSource.of(null, Map.of(), settings), Services.ALL));
      await(ask(node, PATHS).otherwiseEmpty());
      await(node.stop());
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the rehearsal failed", e);
    }
  }

  private static Future<Void> ask(Node node, List<String> paths) {
    HttpClientAgent client = node.vertx().createHttpClient();
    String door = node.banner().getOrDefault("main", "").split(" ", 2)[0];
    Future<Void> asked = Future.succeededFuture();
    for (String path : paths) {
      RequestOptions request =
          new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(door + path);
      asked =
          asked.compose(done ->
              client
                  .request(request)
                  .compose(HttpClientRequest::send)
                  .compose(HttpClientResponse::body)
                  .mapEmpty());
    }
    return asked;
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(BOUND_S, TimeUnit.SECONDS);
  }
}
