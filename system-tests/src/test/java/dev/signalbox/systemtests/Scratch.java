package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Directories under the module's own build directory: they outlive a failure, not a clean. */
final class Scratch {

  private static final Path HOME =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("target/scratch");

  private Scratch() {}

  /** A file beside them, which later runs of the same build find. */
  static Path lasting(String name) {
    return HOME.resolveSibling(name);
  }

  /** A new directory. */
  static Path directory(String name) {
    try {
      return Files.createTempDirectory(Files.createDirectories(HOME), name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
