package dev.signalbox.code;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import dev.signalbox.storage.StorageConfig;

/** Runs code-service as a process. */
public final class CodeMain implements ServiceProvider {

  /** What the launcher runs. */
  public static final ServiceDefinition<CodeConfig> SERVICE =
      new ServiceDefinition<>(CodeContract.SERVICE, "code", CodeConfig.class, CodeVerticle::new)
          .reading(StorageConfig.SECTION, StorageConfig.class);

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
