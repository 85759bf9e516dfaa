package dev.signalbox.httpprobe;

import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.httpprobe.body.MemoryBudget;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.httpprobe.connect.Connector;
import dev.signalbox.httpprobe.connect.HostResolver;
import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.httpprobe.probe.ProbeParts;
import dev.signalbox.httpprobe.probe.Probes;
import dev.signalbox.httpprobe.reuse.KeptConnections;
import dev.signalbox.httpprobe.tls.TrustStore;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/** Runs http-probe-service on one event loop. */
final class HttpProbeVerticle extends VerticleBase {

  private final HttpProbeConfig config;
  private final ServiceContext service;
  private @Nullable DnsClient dns;
  private @Nullable TrustStore authorities;
  private @Nullable KeptConnections kept;
  private @Nullable Probes probes;
  private @Nullable ServiceEndpoint endpoint;

  HttpProbeVerticle(HttpProbeConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    // Nobody waits for this: see NativeCodings.
    vertx.executeBlocking(
        () -> {
          NativeCodings.load();
          return null;
        },
        false);
    ResolverConfig resolver = service.config(ResolverConfig.SECTION, ResolverConfig.class);
    return DnsClient.open(
            (ContextInternal) context,
            resolver,
            service.metrics(),
            "http-probe-service/" + number())
        .compose(this::serve);
  }

  private Future<Void> serve(DnsClient opened) {
    dns = opened;
    EventLoop loop = ((ContextInternal) context).nettyEventLoop();
    Transport transport = ((VertxInternal) vertx).transport();
    TrustStore trust = new TrustStore(vertx, config.nativeTls());
    authorities = trust;
    // A connection that waits for a task is open too, and would take the place of one that works.
    KeptConnections connections =
        new KeptConnections(
            new KeptConnections.Bounds(
                config.targetConnections() > 0 ? 0 : config.keptConnections(),
                config.keptPerTarget(),
                config.keptIdle()));
    kept = connections;
    Probes running =
        new Probes(
            new ProbeParts(
                loop,
                new HostResolver(opened.hosts()),
                new TargetGuard(service.config("guard", GuardConfig.class).rules()),
                limits(),
                new Connector(loop, transport.channelFactory(false)),
                trust::tls,
                connections,
                new MemoryBudget(config.bodyMemory())));
    ServiceEndpoint operations = service.endpoint(config.maxInFlight());
    new HttpProbeEndpoint(config, running).register(operations);
    probes = running;
    endpoint = operations;
    return operations.open();
  }

  /** Which of this instance's event loops this is, from 1; each has a client of its own. */
  private int number() {
    return vertx
        .sharedData()
        .<String, Integer>getLocalMap("http-probe.event-loops")
        .merge(service.node(), 1, Integer::sum);
  }

  // A target's limits hold for all event loops of this process together.
  private TargetLimits limits() {
    return vertx
        .sharedData()
        .<String, TargetLimits>getLocalMap("http-probe")
        .computeIfAbsent(
            "target-limits",
            _ -> new TargetLimits(config.targetRatePerS(), config.targetConnections()));
  }

  @Override
  public Future<?> stop() {
    if (kept != null) {
      kept.close();
    }
    Future<Void> drained = endpoint == null ? Future.succeededFuture() : endpoint.drain();
    return drained.eventually(() -> {
      if (probes != null) {
        probes.cancelAll();
      }
      if (authorities != null) {
        authorities.close();
      }
      return dns == null ? Future.succeededFuture() : dns.close();
    });
  }
}
