package dev.signalbox.file;

import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;

/** Starts file-service alone. */
public final class FileMain {

  /** The service. */
  public static final ServiceDefinition<FileConfig> SERVICE =
      new ServiceDefinition<>("file-service", "file", FileConfig.class, FileVerticle::new);

  private FileMain() {}

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
