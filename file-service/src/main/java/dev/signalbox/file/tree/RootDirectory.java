package dev.signalbox.file.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Gets the directory served ready: it exists, has a place for uploads, and greets when new. */
public final class RootDirectory {

  /** Where uploads without a name go; always there. */
  static final String UPLOADS = "uploads";

  private static final String WELCOME = "welcome.html";

  private RootDirectory() {}

  /**
   * Makes what is missing. A directory that has anything in it is left as it is, but for uploads.
   */
  public static FileRoot prepare(Path directory) throws IOException {
    Files.createDirectories(directory);
    if (isEmpty(directory)) {
      try (InputStream page =
          Objects.requireNonNull(RootDirectory.class.getResourceAsStream(WELCOME))) {
        Files.copy(page, directory.resolve("index.html"));
      }
    }
    Files.createDirectories(directory.resolve(UPLOADS));
    return FileRoot.at(directory);
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }
}
