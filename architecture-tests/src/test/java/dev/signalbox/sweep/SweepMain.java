package dev.signalbox.sweep;

import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;

/** Starts sweep-service. */
public final class SweepMain implements ServiceProvider {

  /** What the launcher runs. */
  public static final ServiceDefinition<SweepConfig> SERVICE =
      new ServiceDefinition<>(
          SweepContract.SERVICE, "sweep", SweepConfig.class, SweepVerticle::new);

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
