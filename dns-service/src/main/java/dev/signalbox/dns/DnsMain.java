package dev.signalbox.dns;

import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;

/** Runs dns-service alone. */
public final class DnsMain implements ServiceProvider {

  /** The service. */
  public static final ServiceDefinition<DnsConfig> SERVICE =
      new ServiceDefinition<>(DnsContract.SERVICE, "dns", DnsConfig.class, DnsVerticle::new)
          .reading("guard", GuardConfig.class)
          .reading(ResolverConfig.SECTION, ResolverConfig.class)
          .onEveryEventLoop();

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
