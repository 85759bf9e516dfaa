package dev.signalbox.dnsclient;

import dev.signalbox.dnsclient.cache.CachingLookups;
import dev.signalbox.dnsclient.cache.SharedAnswers;
import dev.signalbox.dnsclient.dnssec.Validated;
import dev.signalbox.dnsclient.dnssec.Validator;
import dev.signalbox.dnsclient.host.HostLookup;
import dev.signalbox.dnsclient.host.HostsFile;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.resolver.DefaultResolvers;
import dev.signalbox.dnsclient.resolver.DnsResolver;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.resolver.ResolverGuard;
import dev.signalbox.dnsclient.resolver.ResolverLocator;
import dev.signalbox.dnsclient.resolver.Transports;
import dev.signalbox.dnsclient.trace.Tracer;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything it takes to look names up, on one event loop: sockets and connections, the default
 * resolvers and their refreshing, the hosts file, the cache. Open it in a verticle's start, close
 * it in its stop, use it on that verticle's context alone.
 */
public final class DnsClient implements Lookups {

  private final ResolverConfig config;
  private final SharedDns shared;
  private final Transports transports;
  private final DnsResolver resolver;
  private final @Nullable CachingLookups cache;
  private final DefaultResolvers defaults;
  private final MachineFiles files;
  private final HostLookup hosts;
  private final Validator validator;

  private DnsClient(ContextInternal context, SharedDns shared, MachineFiles files) {
    this.config = shared.config();
    this.shared = shared;
    this.files = files;
    this.defaults = files.resolvers();
    TimerWheel wheel =
        new TimerWheel(
            System::nanoTime,
            (nanos, action) ->
                context.nettyEventLoop().schedule(action, nanos, TimeUnit.NANOSECONDS));
    this.transports = TransportSetup.open(context, shared, wheel);
    this.resolver = new DnsResolver(context, transports);
    SharedAnswers answers = shared.answers();
    this.cache = answers == null ? null : new CachingLookups(context, resolver, wheel, answers);
    HostsFile known = files.hosts();
    this.validator =
        new Validator(context, wheel, files.anchors(), config.validationLimits(shared.clients()));
    RetryPolicy retryPolicy = new RetryPolicy(config.timeout().toNanos(), config.retries());
    this.hosts = new HostLookup(this, defaults, known, standardOptions(), retryPolicy);
    shared.opened();
  }

  /**
   * Opens a client.
   *
   * @param context the event loop it belongs to
   * @param metrics where the cache is measured
   * @param name tells its metrics apart from those of other clients of the process
   * @return fails when the machine's resolvers cannot be read
   */
  public static Future<DnsClient> open(
      ContextInternal context, ResolverConfig config, MeterRegistry metrics, String name) {
    return open(context, new SharedDns(config, 1, metrics, name));
  }

  /**
   * Opens one of several clients that have something in common.
   *
   * @param context the event loop it belongs to
   * @return fails when the machine's resolvers cannot be read
   */
  public static Future<DnsClient> open(ContextInternal context, SharedDns shared) {
    return MachineFiles.read(context, shared.config())
        .map(files -> new DnsClient(context, shared, files));
  }

  @Override
  public Future<LookupOutcome> lookup(LookupRequest request, Cancellation cancellation) {
    return cache == null || !request.cached()
        ? resolver.lookup(request, cancellation)
        : cache.lookup(request, cancellation);
  }

  /**
   * Answers questions and says whether the answers are what was signed.
   *
   * @param lookups ask the question, and what the chain of trust needs
   */
  public Future<Validated> validate(
      LookupRequest request, Lookups lookups, Cancellation cancellation) {
    return validator.validate(request, lookups, cancellation);
  }

  /** The addresses of hosts. */
  public HostLookup hosts() {
    return hosts;
  }

  /** The default resolvers by a protocol, in order. */
  public List<Upstream> defaults(Protocol protocol) {
    return defaults.upstreams(protocol);
  }

  /** The options of queries, unless a task sets others. */
  public QueryOptions standardOptions() {
    return QueryOptions.standard(config.ednsUdpSize());
  }

  /** Finds resolvers that clients name. */
  public ResolverLocator locator(ResolverGuard guard) {
    return new ResolverLocator(defaults, guard, standardOptions());
  }

  /** Traces names from the root; the guard judges every server that a zone names. */
  public static Tracer tracer(ResolverGuard guard) {
    return new Tracer(guard);
  }

  /** What is held now. */
  public DnsClientLoad load() {
    return new DnsClientLoad(
        transports.inFlight(),
        validator.inFlight(),
        cache == null ? 0 : cache.pendingQueries(),
        transports.udp().openSockets(),
        transports.stream().openConnections());
  }

  /** Fails what is under way and gives every socket and timer back. */
  public Future<Void> close() {
    files.close();
    return transports
        .close()
        .onComplete(_ -> {
          validator.close();
          shared.closed();
        });
  }
}
