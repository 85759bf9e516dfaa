package dev.signalbox.code;

import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.storage.StorageConfig;

/** Runs code-service as a process. */
public final class CodeMain {

  /** What the launcher runs. */
  public static final ServiceDefinition<CodeConfig> SERVICE =
      new ServiceDefinition<>("code-service", "code", CodeConfig.class, CodeVerticle::new)
          .reading(StorageConfig.SECTION, StorageConfig.class);

  private CodeMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
