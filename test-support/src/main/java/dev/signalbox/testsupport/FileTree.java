package dev.signalbox.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and clears directories that a running service may be writing to. {@link Files#walk} fails
 * when a file goes between its being listed and its being looked at, as the temporary file of an
 * upload cut short does; these do not.
 */
public final class FileTree {

  private FileTree() {}

  /**
   * The regular files below a directory, those that vanish meanwhile left out; none when it does
   * not exist.
   */
  public static List<Path> files(Path directory) {
    List<Path> found = new ArrayList<>();
    walk(
        directory,
        new Tolerant() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** The directories below a directory, without itself; none when it does not exist. */
  public static List<Path> directories(Path directory) {
    List<Path> found = new ArrayList<>();
    walk(
        directory,
        new Tolerant() {
          @Override
          public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            if (!visited.equals(directory)) {
              found.add(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  /** Removes everything at and below a path. */
  public static void delete(Path directory) {
    walk(
        directory,
        new Tolerant() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void walk(Path directory, Tolerant visitor) {
    try {
      Files.walkFileTree(directory, visitor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static class Tolerant extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
        throws IOException {
      return FileVisitResult.CONTINUE;
    }
  }
}
