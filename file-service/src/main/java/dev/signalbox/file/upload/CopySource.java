package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.NativePath;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that is copied, held open: one version of it, whatever its name stands for meanwhile.
 *
 * @param directory it is in; closed with it
 * @param name in the directory
 * @param channel of the file
 * @param attributes when it was opened
 */
record CopySource(
    HeldDirectory directory, String name, FileChannel channel, BasicFileAttributes attributes)
    implements Closeable {

  private static final int MAX_ATTEMPTS = 20;

  /**
   * Opens a file.
   *
   * @param real where it is, after all links
   * @return null when it is gone, or no ordinary file any more
   */
  static @Nullable CopySource open(FileRoot root, Path real) throws IOException {
    HeldDirectory directory;
    try {
      directory = root.hold(Objects.requireNonNull(real.getParent()));
    } catch (NoSuchFileException | NotDirectoryException _) {
      return null;
    }
    CopySource source = null;
    try {
      source = open(directory, NativePath.name(real));
      return source;
    } catch (NoSuchFileException _) {
      return null;
    } finally {
      if (source == null) {
        directory.close();
      }
    }
  }

  private static @Nullable CopySource open(HeldDirectory directory, String name)
      throws IOException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      BasicFileAttributes before = directory.attributes(name);
      if (before == null || !before.isRegularFile()) {
        return null;
      }
      FileChannel channel = directory.open(name, StandardOpenOption.READ);
      boolean done = false;
      try {
        // Otherwise it was replaced in between, and which version is open cannot be told.
        BasicFileAttributes after = directory.attributes(name);
        if (after != null && same(before, after)) {
          done = true;
          return new CopySource(directory, name, channel, after);
        }
      } finally {
        if (!done) {
          channel.close();
        }
      }
    }
    throw new ServiceException(ErrorCode.OVERLOADED, "the file keeps changing");
  }

  private static boolean same(BasicFileAttributes one, BasicFileAttributes other) {
    return Objects.equals(one.fileKey(), other.fileKey()) && sameContent(one, other);
  }

  private static boolean sameContent(BasicFileAttributes one, BasicFileAttributes other) {
    return one.size() == other.size() && one.lastModifiedTime().equals(other.lastModifiedTime());
  }

  long sizeBytes() {
    return attributes.size();
  }

  /** Whether it was changed since it was opened; false when its name stands for another file. */
  boolean changedInPlace() throws IOException {
    BasicFileAttributes now = directory.attributes(name);
    return now != null
        && Objects.equals(now.fileKey(), attributes.fileKey())
        && !sameContent(now, attributes);
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      channel.close();
    }
  }
}
