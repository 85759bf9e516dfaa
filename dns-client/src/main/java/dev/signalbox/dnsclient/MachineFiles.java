package dev.signalbox.dnsclient;

import dev.signalbox.dnsclient.dnssec.TrustAnchors;
import dev.signalbox.dnsclient.host.HostsFile;
import dev.signalbox.dnsclient.resolver.DefaultResolvers;
import dev.signalbox.dnsclient.resolver.ResolvConf;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the machine says about names, read again now and then, never on the event loop. */
final class MachineFiles {

  private static final Logger LOG = LoggerFactory.getLogger(MachineFiles.class);

  private final ContextInternal context;
  private final ResolverConfig config;
  private final DefaultResolvers resolvers;
  private final HostsFile hosts;
  private final TrustAnchors anchors;
  private final long timer;

  private MachineFiles(
      ContextInternal context,
      ResolverConfig config,
      List<ResolverSpec> specs,
      HostsFile hosts,
      TrustAnchors anchors) {
    this.anchors = anchors;
    this.context = context;
    this.config = config;
    this.resolvers = new DefaultResolvers(specs);
    this.hosts = hosts;
    this.timer = context.setPeriodic(config.refresh().toMillis(), _ -> refresh());
  }

  /** Reads them for the first time. */
  static Future<MachineFiles> read(ContextInternal context, ResolverConfig config) {
    HostsFile hosts = new HostsFile(config.hostsFile());
    Future<List<ResolverSpec>> specs =
        config.upstreams().isEmpty()
            ? machineResolvers(context, config)
            : context.succeededFuture(config.upstreamSpecs());
    return specs.compose(found ->
        context
            .executeBlocking(
                () -> {
                  hosts.refresh();
                  return TrustAnchors.read(config.trustAnchors());
                },
                false)
            .map(Objects::requireNonNull)
            .map(anchors -> new MachineFiles(context, config, found, hosts, anchors)));
  }

  private static Future<List<ResolverSpec>> machineResolvers(
      ContextInternal context, ResolverConfig config) {
    return context
        .executeBlocking(() -> ResolvConf.read(config.resolvConf()), false)
        .map(Objects::requireNonNull);
  }

  private void refresh() {
    context.<Void>executeBlocking(
        () -> {
          hosts.refresh();
          return null;
        },
        false);
    if (config.upstreams().isEmpty()) {
      machineResolvers(context, config)
          .onSuccess(this::replace)
          .onFailure(
              cause -> LOG.warn("the machine's resolvers stay as they were: {}", cause.toString()));
    }
  }

  private void replace(List<ResolverSpec> specs) {
    if (!specs.equals(resolvers.specs())) {
      LOG.info("the machine's resolvers are now {}", specs);
      resolvers.replace(specs);
    }
  }

  DefaultResolvers resolvers() {
    return resolvers;
  }

  HostsFile hosts() {
    return hosts;
  }

  TrustAnchors anchors() {
    return anchors;
  }

  void close() {
    context.owner().cancelTimer(timer);
  }
}
