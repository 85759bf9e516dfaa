package dev.signalbox.dns;

import dev.signalbox.dns.exchange.MessageExchange;
import dev.signalbox.dns.task.DnsQueryParams;
import dev.signalbox.dns.task.DnsQueryTask;
import dev.signalbox.dns.task.DnsQueryType;
import dev.signalbox.dns.task.TaskRules;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.RandomBits;
import dev.signalbox.dnsclient.resolver.DefaultResolvers;
import dev.signalbox.dnsclient.resolver.DnsResolver;
import dev.signalbox.dnsclient.resolver.ResolvConf;
import dev.signalbox.dnsclient.resolver.ResolverLocator;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.resolver.Transports;
import dev.signalbox.dnsclient.transport.HttpsTransport;
import dev.signalbox.dnsclient.transport.StreamLimits;
import dev.signalbox.dnsclient.transport.StreamTransport;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.UdpLimits;
import dev.signalbox.dnsclient.transport.UdpTransport;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.guard.Verdict;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wires dns-service on one event loop. */
final class DnsVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(DnsVerticle.class);

  private final DnsConfig config;
  private final ServiceContext service;
  private @Nullable Transports transports;
  private @Nullable DnsEndpoint endpoint;

  DnsVerticle(DnsConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    return resolvers().compose(specs -> open(new DefaultResolvers(specs)));
  }

  private Future<Void> open(DefaultResolvers defaults) {
    ContextInternal loop = (ContextInternal) context;
    Transports carriers = transports(loop);
    DnsResolver resolver = new DnsResolver(loop, carriers);
    TargetGuard guard = new TargetGuard(service.config("guard", GuardConfig.class).rules());
    QueryOptions standard = QueryOptions.standard(config.ednsUdpSize());
    TaskRules rules = rules();
    DnsQueryTask task =
        new DnsQueryTask(
            new DnsQueryParams(rules),
            resolver,
            defaults,
            new ResolverLocator(
                resolver, defaults, addresses -> denied(guard, addresses), standard));
    DnsEndpoint opened =
        new DnsEndpoint(
            service.endpoint(config.maxInFlight()),
            DnsQueryType.of(rules),
            task,
            new MessageExchange(resolver, defaults, rules));
    transports = carriers;
    endpoint = opened;
    if (config.resolvers().isEmpty()) {
      vertx.setPeriodic(config.resolverRefresh().toMillis(), _ -> refresh(defaults));
    }
    return opened.open();
  }

  private static Optional<String> denied(TargetGuard guard, List<InetAddress> addresses) {
    return guard.judge(addresses) instanceof Verdict.Blocked blocked
        ? Optional.of(blocked.message())
        : Optional.empty();
  }

  private TaskRules rules() {
    return new TaskRules(
        config.timeout(),
        config.maxTimeout(),
        config.retries(),
        config.maxQueriesPerTask(),
        config.ednsUdpSize());
  }

  private Transports transports(ContextInternal loop) {
    TimerWheel wheel =
        new TimerWheel(
            System::nanoTime,
            (nanos, action) -> loop.nettyEventLoop().schedule(action, nanos, TimeUnit.NANOSECONDS));
    RandomBits random = new RandomBits();
    UdpLimits udp =
        new UdpLimits(
            config.udpSocketsPerResolver(),
            config.udpSockets(),
            config.udpInFlightPerSocket(),
            config.udpWaitingPerResolver(),
            config.udpSocketLifetime().toNanos(),
            config.mixedCase());
    StreamLimits stream =
        new StreamLimits(
            config.connectionsPerResolver(),
            config.connections(),
            config.inFlightPerConnection(),
            config.connectionIdle().toNanos());
    ClientSSLOptions tls = new ClientSSLOptions();
    if (!config.tlsTrustFile().isEmpty()) {
      tls.setTrustOptions(new PemTrustOptions().addCertPath(config.tlsTrustFile()));
    }
    return new Transports(
        new UdpTransport(loop, udp, random, wheel),
        new StreamTransport(loop, stream, random, wheel, tls),
        new HttpsTransport(
            loop,
            wheel,
            tls,
            config.httpsInFlight(),
            Math.toIntExact(config.connectionIdle().toSeconds())));
  }

  private Future<List<ResolverSpec>> resolvers() {
    return config.resolvers().isEmpty()
        ? machineResolvers()
        : Future.succeededFuture(config.resolverSpecs());
  }

  private Future<List<ResolverSpec>> machineResolvers() {
    return vertx
        .executeBlocking(() -> ResolvConf.read(config.resolvConf()))
        .map(Objects::requireNonNull);
  }

  private void refresh(DefaultResolvers defaults) {
    machineResolvers()
        .onSuccess(specs -> {
          if (!specs.equals(defaults.specs())) {
            LOG.info("the machine's resolvers are now {}", specs);
            defaults.replace(specs);
          }
        })
        .onFailure(
            cause -> LOG.warn("the machine's resolvers stay as they were: {}", cause.toString()));
  }

  @Override
  public Future<?> stop() {
    Future<Void> drained = endpoint == null ? Future.succeededFuture() : endpoint.drain();
    return drained.eventually(
        () -> transports == null ? Future.succeededFuture() : transports.close());
  }
}
