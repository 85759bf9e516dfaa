package dev.signalbox.contracts.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Files and directories for the user of the process alone: modes 0600 and 0700 where the file
 * system has modes. What exists already keeps its own.
 */
public final class PrivateFiles {

  private static final FileAttribute<?>[] NONE = {};

  private PrivateFiles() {}

  /** What to create a file with. */
  public static FileAttribute<?>[] attributes(Path file) {
    return attributes(file, "rw-------");
  }

  private static FileAttribute<?>[] attributes(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : NONE;
  }

  /** Makes an empty file if there is none. */
  public static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, attributes(file));
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(file)) {
        throw e;
      }
    }
  }

  /** Makes a directory if there is none; those above it get the usual mode. */
  public static void createDirectory(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath();
    if (Files.isDirectory(absolute)) {
      return;
    }
    Path parent = absolute.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    // Tolerates that another process makes it at the same moment.
    Files.createDirectories(absolute, attributes(absolute, "rwx------"));
  }
}
