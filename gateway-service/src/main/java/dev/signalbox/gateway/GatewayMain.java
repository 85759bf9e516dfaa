package dev.signalbox.gateway;

import dev.signalbox.gateway.files.FilesConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;

/** Starts gateway-service as a process of its own. */
public final class GatewayMain {

  /** The service, for whoever runs several in one process. */
  public static final ServiceDefinition<GatewayConfig> SERVICE =
      new ServiceDefinition<>(
              "gateway-service", "gateway", GatewayConfig.class, GatewayVerticle::new)
          .reading("files", FilesConfig.class)
          .onEveryEventLoop();

  private GatewayMain() {}

  /** Starts it. */
  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
