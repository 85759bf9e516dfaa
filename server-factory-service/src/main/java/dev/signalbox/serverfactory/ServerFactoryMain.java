package dev.signalbox.serverfactory;

import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.platform.guard.GuardConfig;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import dev.signalbox.storage.StorageConfig;

/** Starts server-factory-service. */
public final class ServerFactoryMain implements ServiceProvider {

  /** What the launcher runs. */
  public static final ServiceDefinition<ServerFactoryConfig> SERVICE =
      new ServiceDefinition<>(
              ServerFactoryContract.SERVICE,
              "server-factory",
              ServerFactoryConfig.class,
              ServerFactoryVerticle::new)
          .reading(StorageConfig.SECTION, StorageConfig.class)
          .reading("guard", GuardConfig.class);

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
