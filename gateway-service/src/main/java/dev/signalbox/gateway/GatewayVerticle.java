package dev.signalbox.gateway;

import dev.signalbox.gateway.handler.RequestScopeHandler;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.listener.DoorListener;
import dev.signalbox.gateway.listener.DoorPort;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway on one event loop: opens every door there. */
final class GatewayVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayVerticle.class);

  private final GatewayConfig config;
  private final ServiceContext service;
  private final List<DoorListener> listeners = new ArrayList<>();
  private @Nullable ConnectionRegistry connections;
  private @Nullable ServiceEndpoint endpoint;

  GatewayVerticle(GatewayConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    GatewayShared shared = GatewayShared.of(config, service);
    int number = shared.enter();
    ConnectionRegistry registry =
        new ConnectionRegistry(vertx, config.listener(), shared.quotas(), shared.connections());
    connections = registry;
    RequestScopeHandler scopes =
        new RequestScopeHandler(
            vertx,
            registry,
            service.metrics(),
            config.requestLog(),
            service.node() + "/" + number,
            service.bus()::cancellable,
            service.tracer());
    ServiceEndpoint opened = service.endpoint(config.maxInFlight());
    endpoint = opened;
    GatewayRouter router = new GatewayRouter(config, service, shared, scopes);
    List<Door> doors = config.doors();
    // In the order of their importance, whichever opens first; what stays so is closed.
    shared.once(
        "doors",
        () ->
            doors.stream()
                .filter(door -> !door.secure() || !(door.port() instanceof DoorPort.Off))
                .forEach(door -> service.banner(door.name(), "closed")));
    Future<?> started = here(shared.listen(service)).compose(_ -> opened.open());
    for (int i = 0; i < doors.size(); i++) {
      Door door = doors.get(i);
      // A negative port is a free one that the verticles of a deployment share; each door needs
      // another number to have another port.
      int any = -1 - i;
      started = started.compose(_ -> open(registry, scopes, router, door, any, shared));
    }
    return started;
  }

  /**
   * The same on this verticle's event loop. A future that verticles share tells all of them on the
   * loop of the one who made it, and what they open there, they open on that loop: every connection
   * would end up on it, and the other cores would stay idle.
   */
  private Future<Void> here(Future<Void> shared) {
    Promise<Void> here = Promise.promise();
    shared.onComplete(result -> context.runOnContext(_ -> here.handle(result)));
    return here.future();
  }

  private Future<?> open(
      ConnectionRegistry registry,
      RequestScopeHandler scopes,
      GatewayRouter router,
      Door door,
      int anyPort,
      GatewayShared shared) {
    int port =
        switch (door.port()) {
          case DoorPort.Fixed fixed -> fixed.number();
          case DoorPort.Any _ -> anyPort;
          case DoorPort.Off _ -> 0;
        };
    if (port == 0) {
      return Future.succeededFuture();
    }
    return DoorListener.open(vertx, door, port, registry, router::of, scopes)
        .onSuccess(listener -> {
          listeners.add(listener);
          if (shared.first(door.name())) {
            service.banner(door.name(), url(door, listener.port()));
          }
        })
        .transform(opened ->
            opened.succeeded()
                ? Future.succeededFuture()
                : shut(door, port, opened.cause(), shared));
  }

  private Future<?> shut(Door door, int port, Throwable cause, GatewayShared shared) {
    String reason =
        "Port "
            + port
            + " for the "
            + door.name()
            + " door cannot be opened ("
            + cause.getMessage()
            + "); set "
            + door.configKey()
            + " to another port";
    if (door.name().equals(GatewayConfig.MAIN_DOOR)) {
      return Future.failedFuture(new StartException(reason, cause));
    }
    if (shared.first(door.name())) {
      LOG.warn("{}, or to off; going on without it", reason);
      service.banner(door.name(), "closed: port " + port + " is taken");
    }
    return Future.succeededFuture();
  }

  private String url(Door door, int port) {
    boolean v6 = config.bind().indexOf(':') >= 0 && !config.bind().startsWith("[");
    return (door.secure() ? "https://" : "http://")
        + (v6 ? "[" + config.bind() + "]" : config.bind())
        + ":"
        + port;
  }

  @Override
  public Future<?> stop() {
    ConnectionRegistry opened = connections;
    if (opened != null) {
      opened.stop();
    }
    long grace = Math.max(1, config.drainTimeout().toMillis());
    List<Future<Void>> closing = listeners.stream().map(listener -> listener.close(grace)).toList();
    ServiceEndpoint served = endpoint;
    return Future.join(closing)
        .otherwiseEmpty()
        .compose(_ -> served == null ? Future.succeededFuture() : served.drain());
  }
}
