package dev.signalbox.ping;

import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.storage.StorageConfig;

/** Runs ping-coordinator as a process. */
public final class PingMain {

  /** The service, for a launcher that runs several. */
  public static final ServiceDefinition<PingConfig> SERVICE =
      new ServiceDefinition<>("ping-coordinator", "ping", PingConfig.class, PingVerticle::new)
          .reading("storage", StorageConfig.class);

  private PingMain() {}

  static void main(String[] arguments) {
    Launcher.run(arguments, SERVICE);
  }
}
