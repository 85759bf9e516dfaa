package dev.signalbox.gateway;

import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;

/** Starts gateway-service in its own process. */
public final class GatewayMain {

  /** The service, for processes that run several. */
  public static final ServiceDefinition<GatewayConfig> SERVICE =
      new ServiceDefinition<>(
              "gateway-service", "gateway", GatewayConfig.class, GatewayVerticle::new)
          .reading("files", FilesConfig.class)
          .onEveryEventLoop();

  private GatewayMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
