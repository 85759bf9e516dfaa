package dev.signalbox.dns;

import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;

/** Runs dns-service alone. */
public final class DnsMain {

  /** The service. */
  public static final ServiceDefinition<DnsConfig> SERVICE =
      new ServiceDefinition<>("dns-service", "dns", DnsConfig.class, DnsVerticle::new)
          .reading("guard", GuardConfig.class)
          .reading(ResolverConfig.SECTION, ResolverConfig.class)
          .onEveryEventLoop();

  private DnsMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
