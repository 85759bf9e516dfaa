package dev.signalbox.platform.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.ServerSSLOptions;
import java.lang.reflect.Field;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes renewed keys of the cluster into use without a restart: connections made from then on use
 * them. Vert.x can do it, but its event bus shows neither its server nor its client, so that these
 * are taken out of it by name; where a later version names them otherwise, the keys are renewed by
 * a restart, which the log then says.
 */
final class ClusterKeysWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterKeysWatch.class);

  static final long PERIOD_MS = 10_000;

  private final Vertx vertx;
  private final ClusterKeys keys;
  private final ClusterConnections connections;

  private ClusterKeysWatch(Vertx vertx, ClusterKeys keys, ClusterConnections connections) {
    this.vertx = vertx;
    this.keys = keys;
    this.connections = connections;
  }

  static void start(Vertx vertx, ClusterKeys keys, ClusterConnections connections, long periodMs) {
    ClusterKeysWatch watch = new ClusterKeysWatch(vertx, keys, connections);
    FileWatch.start(
        vertx,
        keys.written(),
        keys::modified,
        _ -> watch.renew(),
        e ->
            LOG.warn(
                "cannot load the renewed cluster keys; keeping the old ones: {}", e.toString()),
        periodMs);
  }

  private record Renewed(ServerSSLOptions server, ClientSSLOptions client) {}

  private Future<?> renew() {
    return vertx
        .executeBlocking(
            () -> {
              keys.check();
              return new Renewed(keys.server(), keys.client());
            },
            false)
        .map(Objects::requireNonNull)
        .compose(renewed ->
            Future.join(
                connections.renew(renewed.server, renewed.client),
                renewBus(renewed.server, renewed.client)))
        .onSuccess(_ -> LOG.info("cluster keys reloaded"));
  }

  private Future<Boolean> renewBus(ServerSSLOptions forServer, ClientSSLOptions forClient) {
    try {
      NetServer server = part("server", NetServer.class);
      NetClient client = part("client", NetClient.class);
      return server
          .updateSSLOptions(forServer, true)
          .compose(_ -> client.updateSSLOptions(forClient, true));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.error("the bus uses the renewed cluster keys only after a restart: {}", e);
      return Future.succeededFuture(false);
    }
  }

  private <T> T part(String name, Class<T> type) throws ReflectiveOperationException {
    EventBus bus = vertx.eventBus();
    Field field = bus.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return type.cast(field.get(bus));
  }
}
