package dev.signalbox.file.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gets the directory served ready: it exists and has a place for uploads. */
public final class RootDirectory {

  /** Where uploads without a name go; always there. */
  static final String UPLOADS = "uploads";

  private RootDirectory() {}

  /** Makes what is missing. */
  public static FileRoot prepare(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.createDirectories(directory.resolve(UPLOADS));
    return FileRoot.at(directory);
  }
}
