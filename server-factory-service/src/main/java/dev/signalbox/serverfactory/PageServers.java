package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.journal.ServerMeters;
import dev.signalbox.serverfactory.serving.OnDemandServer;
import dev.signalbox.serverfactory.serving.RouteRecorder;
import dev.signalbox.serverfactory.serving.ServingLimits;
import dev.signalbox.serverfactory.serving.ServingResources;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that listen here. They answer only while this instance holds its lease: each request
 * asks the lease, since after a pause of the process no timer may have fired yet. Used from one
 * event loop.
 */
final class PageServers {

  private static final Logger LOG = LoggerFactory.getLogger(PageServers.class);

  private static final int MOST_LOOKS = 50;
  private static final long LOOK_AGAIN_MS = 5;
  private static final long FINISH_S = 1;

  private final Vertx vertx;
  private final ServerFactoryConfig config;
  private final Lease lease;
  private final Context context;
  private final ServingLimits limits;
  private final ServingResources resources;
  private final MeterRegistry metrics;
  private Recordings recordings = _ -> RouteRecorder.NONE;
  private final Map<String, Listener> listening = new ConcurrentHashMap<>(); // see size
  private final Map<String, Opening> openings = new HashMap<>();
  private final Map<String, Future<Void>> closing = new HashMap<>();

  /** Makes recorders for servers. */
  @FunctionalInterface
  interface Recordings {

    /** What makes routes of a server's forwarded requests; called from any event loop. */
    RouteRecorder of(String serverId);
  }

  PageServers(
      Vertx vertx,
      ServerFactoryConfig config,
      Lease lease,
      ServingResources resources,
      MeterRegistry metrics) {
    this.vertx = vertx;
    this.config = config;
    this.lease = lease;
    this.resources = resources;
    this.metrics = metrics;
    this.context = vertx.getOrCreateContext();
    this.limits =
        new ServingLimits(
            config.maxConnections(),
            config.maxRequests(),
            config.maxRequestBody(),
            config.bodyTimeout(),
            config.idleTimeout());
  }

  /** Records by these from now on; without, nothing is recorded. */
  void recordBy(Recordings others) {
    recordings = others;
  }

  /** Which servers listen. */
  Set<String> ids() {
    return Set.copyOf(listening.keySet());
  }

  /** How many servers listen; any thread may ask. */
  int size() {
    return listening.size();
  }

  /** The server of that id; empty when it does not listen here. */
  Optional<OnDemandServer> find(String serverId) {
    return Optional.ofNullable(listening.get(serverId)).map(Listener::server);
  }

  /** The revision that a server answers by; the highest of all when it does not listen here. */
  long revision(String serverId) {
    Listener listener = listening.get(serverId);
    return listener == null ? Long.MAX_VALUE : listener.revision();
  }

  /**
   * Has a server answer by another definition; nothing when it does not listen here, or answers by
   * a later one. A server that begins to listen is waited for; fails with UNAVAILABLE when it
   * cannot.
   */
  Future<Void> replace(String serverId, LoadedDefinition loaded) {
    Opening opening = openings.get(serverId);
    if (opening != null) {
      return opening
          .done()
          .transform(opened ->
              opened.succeeded()
                  ? replace(serverId, loaded)
                  : Future.failedFuture(OwnerCalls.moved()));
    }
    Listener listener = listening.get(serverId);
    if (listener == null || listener.revision() >= loaded.revision()) {
      return Future.succeededFuture();
    }
    listening.put(serverId, Listener.of(listener.server(), listener.port(), loaded));
    return listener
        .server()
        .replace(loaded.definition())
        .onComplete(_ -> listener.loaded().charge().release());
  }

  /**
   * Listens for a server; fails when the port is not to be had. A server that listens, or begins
   * to, then answers by the later of both definitions.
   */
  Future<Void> open(ServerRow row, LoadedDefinition loaded) {
    if (listening.containsKey(row.serverId())) {
      return replace(row.serverId(), loaded);
    }
    Opening begun = openings.get(row.serverId());
    if (begun != null) {
      return begun.done().compose(open -> replace(row.serverId(), loaded));
    }
    // Vert.x would let both have it, see probe.
    if (openings.values().stream().anyMatch(opening -> opening.port() == row.port())) {
      return Future.failedFuture(
          new BindException("port " + row.port() + " is being opened for another server"));
    }
    Promise<Void> done = Promise.promise();
    Opening opening = new Opening(row.port(), done.future());
    openings.put(row.serverId(), opening);
    return bind(row, loaded)
        .onComplete(bound -> {
          openings.remove(row.serverId());
          done.handle(bound);
        });
  }

  private Future<Void> bind(ServerRow row, LoadedDefinition loaded) {
    return closing
        .getOrDefault(row.serverId(), Future.succeededFuture())
        .otherwiseEmpty()
        .compose(closed -> vertx.executeBlocking(() -> probe(row.port()), false))
        .compose(free -> listen(row, loaded.definition()))
        .compose(server -> {
          if (!lease.held()) {
            return server
                .close()
                .transform(closed -> Future.failedFuture(new IOException("the lease has ended")));
          }
          listening.put(row.serverId(), Listener.of(server, row.port(), loaded));
          return Future.succeededFuture();
        });
  }

  /** Stops listening; nothing when it does not listen. */
  Future<Void> close(String serverId) {
    return close(serverId, OnDemandServer::close);
  }

  /** Stops listening when the requests under way are answered, or do not end. */
  Future<Void> finish(String serverId) {
    return close(serverId, server -> server.finish(FINISH_S));
  }

  private Future<Void> close(String serverId, Function<OnDemandServer, Future<Void>> how) {
    Opening opening = openings.get(serverId);
    if (opening != null) {
      return opening.done().transform(opened -> close(serverId, how));
    }
    Listener listener = listening.remove(serverId);
    if (listener == null) {
      return closing.getOrDefault(serverId, Future.succeededFuture());
    }
    Future<Void> closed =
        how.apply(listener.server()).compose(done -> untilFree(listener.port(), 1));
    closing.put(serverId, closed);
    return closed.onComplete(done -> {
      closing.remove(serverId, closed);
      listener.loaded().charge().release();
    });
  }

  // With Java's own transport a closed socket listens on until its selector comes round again. A
  // stop is not to be acknowledged before that, nor is a start on the same port to fail for it.
  private Future<Void> untilFree(int port, int look) {
    return vertx
        .executeBlocking(() -> probe(port), false)
        .transform(free ->
            // After so many looks another program has taken the port.
            free.succeeded() || look == MOST_LOOKS
                ? Future.succeededFuture()
                : vertx
                    .timer(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)
                    .compose(later -> untilFree(port, look + 1)));
  }

  /**
   * Stops listening for all servers, unless the lease was renewed since the caller asked for it.
   * Servers that begin to listen look at the lease themselves.
   */
  void closeWithoutLease() {
    if (!lease.held() && !listening.isEmpty()) {
      LOG.warn("The lease ended before it was renewed: {} servers closed", listening.size());
      ids().forEach(this::close);
    }
  }

  Future<Void> closeAll() {
    Set<String> all = new HashSet<>(listening.keySet());
    all.addAll(openings.keySet());
    return Future.join(all.stream().map(this::close).toList()).mapEmpty();
  }

  // Vert.x lets two servers of one process share a port and deals connections out to both, so a
  // server on demand could come to stand in the gateway's own door. Binding a socket tells.
  private Void probe(int port) throws IOException {
    InetAddress address;
    try {
      address = InetAddress.getAllByName(config.bind())[0];
    } catch (UnknownHostException e) {
      throw new IOException("no address is called " + config.bind(), e);
    }
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(address, port), 1);
    }
    return null;
  }

  private Future<OnDemandServer> listen(ServerRow row, ServerDefinition definition) {
    ServerMeters meters = new ServerMeters(metrics, row.serverId(), row.name());
    return OnDemandServer.listen(
            vertx,
            definition,
            resources,
            new OnDemandServer.Settings(
                config.bind(),
                row.port(),
                limits,
                lease::held,
                () -> context.runOnContext(_ -> closeWithoutLease()),
                recordings.of(row.serverId()),
                meters))
        .onFailure(_ -> meters.remove());
  }

  /** A server that begins to listen. */
  private record Opening(int port, Future<Void> done) {}

  /** A server that listens; it holds the charge of its definition. */
  private record Listener(OnDemandServer server, int port, LoadedDefinition loaded) {

    static Listener of(OnDemandServer server, int port, LoadedDefinition loaded) {
      loaded.charge().retain();
      return new Listener(server, port, loaded);
    }

    long revision() {
      return loaded.revision();
    }
  }
}
