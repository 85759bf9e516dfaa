package dev.signalbox.file;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;

/** Starts file-service alone. */
public final class FileMain implements ServiceProvider {

  /** The service. */
  public static final ServiceDefinition<FileConfig> SERVICE =
      new ServiceDefinition<>(FileContract.SERVICE, "file", FileConfig.class, FileVerticle::new);

  @Override
  public ServiceDefinition<?> service() {
    return SERVICE;
  }

  static void main(String[] args) {
    Launcher.run(args, SERVICE);
  }
}
