package dev.signalbox.serverfactory;

import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.storage.StorageConfig;

/** Starts server-factory-service. */
public final class ServerFactoryMain {

  /** What the launcher runs. */
  public static final ServiceDefinition<ServerFactoryConfig> SERVICE =
      new ServiceDefinition<>(
              "server-factory-service",
              "server-factory",
              ServerFactoryConfig.class,
              ServerFactoryVerticle::new)
          .reading(StorageConfig.SECTION, StorageConfig.class);

  private ServerFactoryMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
