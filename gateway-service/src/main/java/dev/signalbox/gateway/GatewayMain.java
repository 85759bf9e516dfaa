package dev.signalbox.gateway;

import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.gateway.probe.ProbeConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;

/** Starts gateway-service in its own process. */
public final class GatewayMain implements ServiceProvider {

  /** The service, for processes that run several. */
  public static final ServiceDefinition<GatewayConfig> SERVICE =
      new ServiceDefinition<>(
              "gateway-service", "gateway", GatewayConfig.class, GatewayVerticle::new)
          .reading("files", FilesConfig.class)
          .reading("probe", ProbeConfig.class)
          .onEveryEventLoop()
          .startingLast();

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
