package dev.signalbox.dns;

import dev.signalbox.dns.exchange.MessageExchange;
import dev.signalbox.dns.task.DnsQueryParams;
import dev.signalbox.dns.task.DnsQueryTask;
import dev.signalbox.dns.task.DnsQueryType;
import dev.signalbox.dns.task.TaskRules;
import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.dnsclient.SharedDns;
import dev.signalbox.dnsclient.resolver.ResolverGuard;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.guard.Verdict;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Wires dns-service on one of its event loops. */
final class DnsVerticle extends VerticleBase {

  private final DnsConfig config;
  private final ServiceContext service;
  private @Nullable DnsClient client;
  private @Nullable DnsEndpoint endpoint;

  DnsVerticle(DnsConfig config, ServiceContext service) {
    this.config = config;
    this.service = service;
  }

  @Override
  public Future<?> start() {
    ResolverConfig resolver = service.config(ResolverConfig.SECTION, ResolverConfig.class);
    return DnsClient.open((ContextInternal) context, shared(resolver))
        .compose(opened -> serve(opened, resolver));
  }

  /** What this instance's event loops have in common; as many as there are. */
  private SharedDns shared(ResolverConfig resolver) {
    return instances()
        .computeIfAbsent(
            service.node(), _ -> SharedDns.of(service, resolver, context.getInstanceCount()));
  }

  private LocalMap<String, SharedDns> instances() {
    return vertx.sharedData().getLocalMap("dns-service");
  }

  private Future<Void> serve(DnsClient opened, ResolverConfig resolver) {
    client = opened;
    TargetGuard guard = new TargetGuard(service.config("guard", GuardConfig.class).rules());
    TaskRules rules = config.taskRules(resolver.ednsUdpSize());
    ResolverGuard judge = addresses -> denied(guard, addresses);
    DnsQueryTask task =
        new DnsQueryTask(
            new DnsQueryParams(rules),
            opened,
            opened.locator(judge),
            DnsClient.tracer(judge),
            rules.maxQueries());
    DnsEndpoint wired =
        new DnsEndpoint(
            service.endpoint(Math.ceilDiv(config.maxInFlight(), context.getInstanceCount())),
            DnsQueryType.of(rules),
            task,
            new MessageExchange(opened, rules));
    endpoint = wired;
    return wired.open();
  }

  private static Optional<String> denied(TargetGuard guard, List<InetAddress> addresses) {
    return guard.judge(addresses) instanceof Verdict.Blocked blocked
        ? Optional.of(blocked.message())
        : Optional.empty();
  }

  @Override
  public Future<?> stop() {
    Future<Void> drained = endpoint == null ? Future.succeededFuture() : endpoint.drain();
    return drained.eventually(() -> {
      instances().remove(service.node());
      return client == null ? Future.succeededFuture() : client.close();
    });
  }
}
