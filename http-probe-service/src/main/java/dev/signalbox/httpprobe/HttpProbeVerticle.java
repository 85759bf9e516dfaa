package dev.signalbox.httpprobe;

import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.dnsclient.SharedDns;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.httpprobe.connect.Connector;
import dev.signalbox.httpprobe.connect.HostResolver;
import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.httpprobe.probe.ProbeParts;
import dev.signalbox.httpprobe.probe.Probes;
import dev.signalbox.httpprobe.reuse.KeptConnections;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.httpprobe.tls.TrustStore;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.node.FileWatch;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/** Runs http-probe-service on one event loop. */
final class HttpProbeVerticle extends VerticleBase {

  /** What all event loops of an instance have together. */
  private record ProcessBudgets(SharedDns dns, TargetLimits targets, MemoryBudget bodies)
      implements Shareable {}

  private static final long CERTIFICATES_PERIOD_MS = 10_000;

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
    ProcessBudgets budgets = budgets(resolver);
    return DnsClient.open((ContextInternal) context, budgets.dns())
        .compose(opened -> serve(opened, budgets));
  }

  /** What this instance's event loops have together; the first to come makes it. */
  private ProcessBudgets budgets(ResolverConfig resolver) {
    return instances()
        .computeIfAbsent(
            service.node(),
            _ ->
                new ProcessBudgets(
                    SharedDns.of(service, resolver, context.getInstanceCount()),
                    new TargetLimits(
                        config.targetRatePerS(),
                        config.targetConnections(),
                        service.bus().sharers(HttpProbeContract.PROBE)),
                    new MemoryBudget(config.bodyMemory())));
  }

  private LocalMap<String, ProcessBudgets> instances() {
    return vertx.sharedData().getLocalMap("http-probe-service");
  }

  /** An event loop's part of what all of them may have together. */
  private int share(int all) {
    return Math.ceilDiv(all, context.getInstanceCount());
  }

  private Future<Void> serve(DnsClient opened, ProcessBudgets budgets) {
    dns = opened;
    EventLoop loop = ((ContextInternal) context).nettyEventLoop();
    Transport transport = ((VertxInternal) vertx).transport();
    TrustStore trust = new TrustStore(vertx, config.nativeTls(), config.caFile());
    authorities = trust;
    // A connection that waits for a task is open too, and would take the place of one that works.
    KeptConnections connections =
        new KeptConnections(
            new KeptConnections.Bounds(
                config.targetConnections() > 0 ? 0 : share(config.keptConnections()),
                config.keptPerTarget(),
                config.keptIdle()));
    kept = connections;
    Probes running =
        new Probes(
            new ProbeParts(
                loop,
                new HostResolver(opened.hosts()),
                new TargetGuard(service.config("guard", GuardConfig.class).rules()),
                budgets.targets(),
                new Connector(loop, transport.channelFactory(false)),
                trust::tls,
                connections,
                budgets.bodies()));
    ServiceEndpoint operations = service.endpoint(share(config.maxInFlight()));
    ClientCertificates certificates = new ClientCertificates(vertx, config.clientCertificates());
    new HttpProbeEndpoint(vertx, config, certificates, running, budgets.bodies())
        .register(operations);
    probes = running;
    endpoint = operations;
    return certificates
        .load()
        .compose(_ -> {
          if (!config.clientCertificates().isEmpty()) {
            FileWatch.start(
                vertx,
                certificates.written(),
                certificates::modified,
                _ -> certificates.load(),
                certificates::notLoaded,
                CERTIFICATES_PERIOD_MS);
          }
          return operations.open();
        });
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
      instances().remove(service.node());
      return dns == null ? Future.succeededFuture() : dns.close();
    });
  }
}
