package dev.signalbox.ping;

import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import dev.signalbox.storage.StorageConfig;

/** Runs ping-coordinator as a process. */
public final class PingMain implements ServiceProvider {

  /** The service, for a launcher that runs several. */
  public static final ServiceDefinition<PingConfig> SERVICE =
      new ServiceDefinition<>(PingContract.SERVICE, "ping", PingConfig.class, PingVerticle::new)
          .reading("storage", StorageConfig.class);

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] arguments) {
    Launcher.run(arguments, SERVICE);
  }
}
