package dev.signalbox.gateway.server;

import static java.util.Objects.requireNonNull;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.client.TrustedProxies;
import dev.signalbox.gateway.limit.ClientQuotas;
import io.netty.channel.Channel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the ports of the servers on demand while they exist, so that they are reached at the
 * gateway whichever instance owns them. It learns of servers by events, and reads the list from
 * time to time for what it missed. Belongs to one event loop.
 */
public final class PublishedPorts {

  private static final Logger LOG = LoggerFactory.getLogger(PublishedPorts.class);

  private static final long READ_MS = 5_000;

  private final Vertx vertx;
  private final Context context;
  private final ServerLocator locator;
  private final Settings settings;
  private final PortForwarder forwarder;
  private final Map<Integer, Port> ports = new HashMap<>();
  private final Set<String> warned = new HashSet<>();
  private long timer;
  private boolean stopped;

  /**
   * What is published, and how.
   *
   * @param bind address to listen on
   * @param range ports; a server with another port is not published
   * @param connections limit of connections over all ports
   * @param silence longest time in which neither side of a connection sends anything
   */
  public record Settings(String bind, PublishedRange range, int connections, Duration silence) {}

  /** A port that is bound, or about to be. */
  private record Port(String serverId, Future<Channel> listening) {}

  /** Call it on the event loop. */
  public PublishedPorts(
      Vertx vertx,
      ServerLocator locator,
      ClientQuotas quotas,
      TrustedProxies proxies,
      Settings settings) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.locator = locator;
    this.settings = settings;
    this.forwarder =
        new PortForwarder(
            vertx,
            (ContextInternal) context,
            locator,
            quotas,
            proxies,
            settings.connections(),
            settings.silence());
  }

  /** Publishes the servers there are; completes when that was tried once. */
  public Future<Void> start(ServerChanges changes) {
    changes.listen(changed -> context.runOnContext(_ -> onChange(changed)));
    timer = vertx.setPeriodic(READ_MS, _ -> read());
    return read();
  }

  private void onChange(ServerChanged changed) {
    if (changed.what().equals("created")) {
      open(changed.server());
    } else {
      close(changed.server());
    }
  }

  private Future<Void> read() {
    return locator
        .all()
        .compose(servers -> {
          Set<String> present = new HashSet<>();
          servers.forEach(server -> present.add(server.serverId()));
          Map.copyOf(ports)
              .forEach((number, port) -> {
                if (!present.contains(port.serverId)) {
                  close(number, port);
                }
              });
          warned.retainAll(present);
          return Future.join(List.copyOf(servers.stream().map(this::open).toList()));
        })
        .<Void>mapEmpty()
        // Without the service there is nothing to publish; the next reading tries again.
        .otherwiseEmpty();
  }

  /**
   * Publishes a server; from any thread.
   *
   * @return completes when its port is bound, or is not going to be
   */
  public Future<Void> publish(ServerInfo server) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(_ -> open(server).onComplete(done));
    return done.future();
  }

  private Future<Void> open(ServerInfo server) {
    if (stopped || !settings.range().contains(server.port())) {
      return Future.succeededFuture();
    }
    Port present = ports.get(server.port());
    if (present != null && present.serverId.equals(server.serverId())) {
      return present.listening.mapEmpty();
    }
    if (present != null) {
      close(server.port(), present);
    }
    Future<Channel> listening =
        vertx
            .executeBlocking(() -> reachedHere(server.host()), false)
            .compose(here ->
                requireNonNull(here)
                    ? Future.failedFuture("its owner listens on this port of this machine itself")
                    : forwarder.listen(settings.bind(), server.port(), server.serverId()));
    Port port = new Port(server.serverId(), listening);
    ports.put(server.port(), port);
    return listening
        .onFailure(cause -> {
          ports.remove(server.port(), port);
          if (warned.add(server.serverId())) {
            LOG.warn(
                "Port {} of server {} cannot be published: {}",
                server.port(),
                server.serverId(),
                cause.getMessage());
          }
        })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private void close(ServerInfo server) {
    Port present = ports.get(server.port());
    if (present != null && present.serverId.equals(server.serverId())) {
      close(server.port(), present);
    }
    warned.remove(server.serverId());
  }

  /** Connections that are open stay until the server's owner closes them. */
  private void close(int number, Port port) {
    ports.remove(number, port);
    port.listening.onSuccess(Channel::close);
  }

  /**
   * Whether an owner at a host listens on this machine, where it is reached without the gateway;
   * blocks. To bind the port while such a server moves could keep its next owner from it.
   */
  private boolean reachedHere(String host) {
    try {
      InetAddress owner = address(host);
      InetAddress own = address(settings.bind());
      return owner.isLoopbackAddress()
          ? own.isAnyLocalAddress() || own.equals(owner)
          : NetworkInterface.getByInetAddress(owner) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  private static InetAddress address(String host) throws UnknownHostException {
    Optional<InetAddress> literal = IpLiteral.parse(host);
    return literal.isPresent() ? literal.get() : InetAddress.getByName(host);
  }

  /** Stops listening and closes every connection; call it on the event loop. */
  public void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    Map.copyOf(ports).forEach(this::close);
    forwarder.closeAll();
  }
}
