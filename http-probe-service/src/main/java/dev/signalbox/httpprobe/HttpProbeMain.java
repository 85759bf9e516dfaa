package dev.signalbox.httpprobe;

import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;

/** Starts http-probe-service. */
public final class HttpProbeMain {

  /** What the launcher runs. */
  public static final ServiceDefinition<HttpProbeConfig> SERVICE =
      new ServiceDefinition<>(
              "http-probe-service", "http-probe", HttpProbeConfig.class, HttpProbeVerticle::new)
          .reading("guard", GuardConfig.class)
          .reading(ResolverConfig.SECTION, ResolverConfig.class)
          .onEveryEventLoop();

  private HttpProbeMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
