package dev.signalbox.httpprobe;

import dev.signalbox.httpprobe.body.MemoryBudget;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.httpprobe.connect.Connector;
import dev.signalbox.httpprobe.connect.SystemResolver;
import dev.signalbox.httpprobe.connect.TargetLimits;
import dev.signalbox.httpprobe.probe.ProbeParts;
import dev.signalbox.httpprobe.probe.Probes;
import dev.signalbox.httpprobe.tls.TrustStore;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsNameResolver;
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
  private @Nullable SystemResolver resolver;
  private @Nullable Probes probes;
  private @Nullable ServiceEndpoint endpoint;

  HttpProbeVerticle(HttpProbeConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    ContextInternal here = (ContextInternal) context;
    EventLoop loop = here.nettyEventLoop();
    Transport transport = ((VertxInternal) vertx).transport();
    SystemResolver names =
        new SystemResolver(
            loop,
            transport,
            config.dnsTimeout(),
            open -> vertx.<DnsNameResolver>executeBlocking(open, false));
    // Nobody waits for this: see NativeCodings.
    vertx.executeBlocking(
        () -> {
          NativeCodings.load();
          return null;
        },
        false);
    TrustStore trust = new TrustStore(vertx);
    Probes running =
        new Probes(
            new ProbeParts(
                loop,
                names,
                new TargetGuard(service.config("guard", GuardConfig.class).rules()),
                limits(),
                new Connector(loop, transport.channelFactory(false)),
                trust::tls,
                new MemoryBudget(config.maxMemory())));
    ServiceEndpoint operations = service.endpoint(config.maxInFlight());
    new HttpProbeEndpoint(config, running).register(operations);
    resolver = names;
    probes = running;
    endpoint = operations;
    return operations.open();
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
    Future<Void> drained = endpoint == null ? Future.succeededFuture() : endpoint.drain();
    return drained.onComplete(done -> {
      if (probes != null) {
        probes.cancelAll();
      }
      if (resolver != null) {
        resolver.close();
      }
    });
  }
}
