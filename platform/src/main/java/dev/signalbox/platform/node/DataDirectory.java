package dev.signalbox.platform.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of durable state, for the user of the process alone when it is made here. A process
 * that runs the whole system holds it alone; the services of a cluster on one machine share it,
 * since each store guards itself.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = ".lock";

  private final @Nullable FileChannel channel;

  private DataDirectory(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the directory and, if {@code exclusive}, takes it for this process. The operating system
   * gives the lock back however the process ends.
   *
   * @throws StartException when it cannot be made or another process holds it
   */
  static DataDirectory take(Path directory, boolean exclusive) {
    try {
      PrivateFiles.createDirectory(directory);
      if (!exclusive) {
        return new DataDirectory(null);
      }
      return lock(directory);
    } catch (IOException e) {
      throw new StartException(
          "The data directory " + directory + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static DataDirectory lock(Path directory) throws IOException {
    Path file = directory.resolve(LOCK_FILE);
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PrivateFiles.attributes(file));
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw new StartException(
          "Another Signalbox is running on the data directory "
              + directory
              + ". Stop it, or start this one with another --data directory.");
    }
    return new DataDirectory(channel);
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
