package dev.signalbox.dnsclient;

import dev.signalbox.dnsclient.host.HostAddresses;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.xbill.DNS.Type;

/**
 * A client on an event loop of its own, for tests outside of it. To be closed before its Vert.x
 * instance.
 */
public final class TestClient implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final ContextInternal context;
  private final AtomicReference<Bus> bus;
  private final SimpleMeterRegistry metrics;
  private final SharedDns shared;
  private final DnsClient client;

  private TestClient(Vertx vertx, Map<String, String> settings) {
    this.vertx = vertx;
    context = ((VertxInternal) vertx).createEventLoopContext();
    bus = new AtomicReference<>();
    metrics = new SimpleMeterRegistry();
    shared = new SharedDns(config(settings), 1, metrics, "test");
    client = on(() -> DnsClient.open(context, shared));
  }

  private TestClient(TestClient other) {
    vertx = other.vertx;
    context = ((VertxInternal) vertx).createEventLoopContext();
    bus = other.bus;
    metrics = other.metrics;
    shared = other.shared;
    client = on(() -> DnsClient.open(context, shared));
  }

  /** Another client on another event loop that shares what this one shares. To be closed first. */
  public TestClient beside() {
    return new TestClient(this);
  }

  /** Opens a client with some settings. */
  public static TestClient open(Vertx vertx, Map<String, String> settings) {
    return new TestClient(vertx, settings);
  }

  /** The configuration some settings make. */
  public static ResolverConfig config(Map<String, String> settings) {
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), settings),
            Map.of(ResolverConfig.SECTION, ResolverConfig.class),
            true)
        .section(ResolverConfig.SECTION, ResolverConfig.class);
  }

  /** Runs something on the client's event loop and waits for its result. */
  public <T> T on(Supplier<Future<T>> action) {
    return await(begin(action));
  }

  /** Runs something on the client's event loop. */
  public <T> Future<T> begin(Supplier<Future<T>> action) {
    return Future.future(promise -> context.runOnContext(_ -> action.get().onComplete(promise)));
  }

  /** Waits for a result. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("nothing within " + PATIENCE, e);
    }
  }

  /** An address question. */
  public LookupRequest question(String resolver, String name, Duration timeout, boolean cached) {
    return new LookupRequest(
        DomainNames.question(name, Type.A),
        QueryOptions.standard(1232),
        true,
        List.of(upstream(resolver)),
        new RetryPolicy(timeout.toNanos(), 1),
        cached);
  }

  /** A resolver by its text. */
  public static Upstream upstream(String resolver) {
    ResolverSpec spec = ResolverSpec.parse(resolver, null);
    return new Upstream(
        spec.protocol(),
        new InetSocketAddress(InetAddress.ofLiteral(spec.host()), spec.port()),
        spec.host(),
        spec.protocol() == Protocol.HTTPS ? spec.path() : "");
  }

  /** Asks and does not wait. */
  public Future<LookupOutcome> begin(LookupRequest request, Cancellation cancellation) {
    return begin(() -> client.lookup(request, cancellation));
  }

  /** Asks and waits. */
  public LookupOutcome ask(LookupRequest request) {
    return await(begin(request, Cancellation.NEVER));
  }

  /** Looks a host up and waits. */
  public HostAddresses host(String name, Duration timeout) {
    return on(() ->
        client.hosts().addresses(name, System.nanoTime() + timeout.toNanos(), Cancellation.NEVER));
  }

  /** What the client holds. */
  public DnsClientLoad load() {
    return on(() -> Future.succeededFuture(client.load()));
  }

  /** A cancellation to be requested by the test. */
  public Cancellation cancellable() {
    // A Vert.x instance takes one bus, and two clients on one need none.
    return bus.updateAndGet(known -> known == null ? Bus.on(vertx) : known).cancellable();
  }

  /** The value of a counter of the cache. */
  public double cacheRequests(String result) {
    return metrics.get("signalbox.dns.cache.requests").tag("result", result).counter().count();
  }

  /** Where it measures. */
  public SimpleMeterRegistry metrics() {
    return metrics;
  }

  /** The client itself, for use on its event loop. */
  public DnsClient client() {
    return client;
  }

  @Override
  public void close() {
    on(client::close);
  }
}
