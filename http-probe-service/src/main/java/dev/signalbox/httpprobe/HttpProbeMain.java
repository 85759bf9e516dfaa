package dev.signalbox.httpprobe;

import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;

/** Starts http-probe-service. */
public final class HttpProbeMain implements ServiceProvider {

  /** What the launcher runs. */
  public static final ServiceDefinition<HttpProbeConfig> SERVICE =
      new ServiceDefinition<>(
              HttpProbeContract.SERVICE,
              "http-probe",
              HttpProbeConfig.class,
              HttpProbeVerticle::new)
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
