package dev.signalbox.gateway;

import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.handler.RequestScopeHandler;
import dev.signalbox.gateway.listener.ConnectionRegistry;
import dev.signalbox.gateway.listener.Door;
import dev.signalbox.gateway.listener.DoorCertificate;
import dev.signalbox.gateway.listener.DoorListener;
import dev.signalbox.gateway.server.PublishedPorts;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway on one event loop; opens every door on it. */
final class GatewayVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(GatewayVerticle.class);

  private static final long LOOK_MS = 20;

  private final GatewayConfig config;
  private final ServiceContext service;
  private final List<DoorListener> listeners = new ArrayList<>();
  private @Nullable ConnectionRegistry connections;
  private @Nullable ServiceEndpoint endpoint;
  private @Nullable GatewayRouter router;
  private @Nullable GatewayShared state;
  private @Nullable PublishedPorts published;

  GatewayVerticle(GatewayConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    GatewayShared shared = GatewayShared.of(config, service);
    state = shared;
    shared.retain();
    int number = shared.nextVerticleNumber();
    TrustedProxies proxies = config.proxies();
    ConnectionRegistry registry =
        new ConnectionRegistry(
            vertx, config.connections(), shared.quotas, proxies, shared.connections);
    connections = registry;
    if (number == 0) { // One event loop looks for all.
      vertx.setPeriodic(
          UnreadBodies.LOOK_MS,
          _ -> {
            shared.unread.look();
            shared.unreadProxied.look();
          });
    }
    RequestScopeHandler scopes =
        new RequestScopeHandler(
            registry,
            proxies,
            service.metrics(),
            service.load(),
            config.requestLog(),
            service.node() + "/" + number,
            service.bus()::cancellable,
            shared.audit(),
            shared.unread,
            service.tracer());
    ServiceEndpoint opened = service.endpoint(config.maxInFlight());
    endpoint = opened;
    GatewayRouter made = new GatewayRouter(config, service, shared, scopes);
    router = made;
    List<Door> doors = config.doors();
    // All doors start as closed, so that the banner shows them in this order whichever opens first.
    shared.runOnce(
        "doors",
        () ->
            doors.stream()
                .filter(door -> !door.secure() || !(door.port() instanceof Door.Port.Off))
                .forEach(door -> service.banner(door.name(), "closed")));
    // All before the first is open: clients of an open port would wait for the routers of the
    // others.
    List<ClosedDoor> closed = new ArrayList<>();
    for (int i = 0; i < doors.size(); i++) {
      Door door = doors.get(i);
      // A negative port is a free port that the verticles of a deployment share; each door needs
      // a different number.
      int port =
          switch (door.port()) {
            case Door.Port.Fixed fixed -> fixed.number();
            case Door.Port.Any _ -> -1 - i;
            case Door.Port.Off _ -> 0;
          };
      if (port != 0) {
        closed.add(
            new ClosedDoor(
                door,
                port,
                DoorListener.of(
                    vertx, door, port, registry, bound -> made.router(door, bound), scopes)));
      }
    }
    Future<?> started = onThisLoop(shared.subscribe(service)).compose(_ -> opened.open());
    if (number == 0 && config.publishServers()) {
      PublishedPorts ports =
          new PublishedPorts(vertx, made.locator(), shared.quotas, proxies, config.published());
      published = ports;
      shared.publishBy(ports);
      started = started.compose(_ -> ports.start(shared.serverChanges));
    }
    for (ClosedDoor door : closed) {
      started = started.compose(_ -> open(door, shared));
    }
    return started;
  }

  /** A door whose port is not bound yet. */
  private record ClosedDoor(Door door, int port, DoorListener listener) {}

  /**
   * Moves a shared future to this verticle's event loop. A future completes on the loop that
   * created it; without the move every verticle would open its doors there, and one loop would
   * serve all connections.
   */
  private Future<Void> onThisLoop(Future<Void> shared) {
    Promise<Void> here = Promise.promise();
    shared.onComplete(result -> context.runOnContext(_ -> here.handle(result)));
    return here.future();
  }

  private Future<?> open(ClosedDoor closed, GatewayShared shared) {
    Door door = closed.door();
    DoorCertificate certificate = door.secure() ? shared.certificate : null;
    return (certificate == null
            ? Future.<Void>succeededFuture()
            : onThisLoop(certificate.proven(vertx)))
        .compose(_ -> closed.listener().open())
        .onSuccess(listener -> {
          listeners.add(listener);
          shared.runOnce(
              door.name(), () -> service.banner(door.name(), url(door, listener.port())));
          if (certificate != null) {
            shared.runOnce(
                door.name() + " certificate", () -> listener.watchCertificate(certificate));
          }
        })
        .transform(opened ->
            opened.succeeded()
                ? Future.succeededFuture()
                : onOpenFailure(door, closed.port(), opened.cause(), shared));
  }

  /** Fails the start for the main door; goes on without any other. */
  private Future<?> onOpenFailure(Door door, int port, Throwable cause, GatewayShared shared) {
    // A port that is taken or not allowed; what is wrong with a certificate has other types.
    boolean unbound = cause instanceof IOException || !door.secure();
    String what = unbound ? "port " + port : "its certificate or its key";
    String reason =
        "The "
            + door.name()
            + " door cannot open: "
            + what
            + " cannot be used ("
            + cause.getMessage()
            + "); "
            + (unbound
                ? "set " + door.configKey() + " to another port"
                : "mend gateway.tls-certificate or gateway.tls-key");
    if (door.name().equals(GatewayConfig.MAIN_DOOR)) {
      return Future.failedFuture(new StartException(reason, cause));
    }
    shared.runOnce(
        door.name(),
        () -> {
          LOG.warn("{}, or set {} to off; starting without this door", reason, door.configKey());
          service.banner(door.name(), "closed: " + what + " cannot be used");
        });
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
    GatewayRouter served = router;
    if (served != null) {
      // First, so that readers connect elsewhere while other requests are still answered.
      served.stop();
    }
    long start = System.nanoTime();
    long drain = config.drainTimeout().toNanos();
    long end = start + drain;
    // The other half is for the requests of those that came last.
    return untilNobodyComes(start + drain / 2)
        .compose(_ -> close(end))
        .compose(_ -> {
          ServiceEndpoint opened = endpoint;
          return opened == null ? Future.succeededFuture() : opened.drain();
        })
        .eventually(() -> served == null ? Future.succeededFuture() : served.close())
        .eventually(() -> {
          GatewayShared shared = state;
          return shared == null ? Future.succeededFuture() : shared.release(vertx);
        });
  }

  /**
   * Closing a port resets the connections that it has not accepted yet. A load balancer notices
   * within its next look that this gateway is not ready, so the port is closed when new connections
   * stop coming. Nothing directs the clients of a process that is no member of a cluster.
   */
  private Future<Void> untilNobodyComes(long end) {
    ConnectionRegistry opened = connections;
    if (opened == null || !service.clustered() || config.quietPeriod().isZero()) {
      return Future.succeededFuture();
    }
    opened.leave();
    Promise<Void> quiet = Promise.promise();
    long from = System.nanoTime();
    vertx.setPeriodic(
        LOOK_MS,
        timer -> {
          long now = System.nanoTime();
          long quietNanos = Math.min(opened.quietNanos(), now - from);
          if (quietNanos >= config.quietPeriod().toNanos() || now - end >= 0) {
            vertx.cancelTimer(timer);
            quiet.complete();
          }
        });
    return quiet.future();
  }

  private Future<Void> close(long end) {
    ConnectionRegistry opened = connections;
    if (opened != null) {
      opened.stop();
    }
    PublishedPorts ports = published;
    if (ports != null) {
      ports.stop();
    }
    long grace = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    return Future.join(listeners.stream().map(listener -> listener.close(grace)).toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }
}
