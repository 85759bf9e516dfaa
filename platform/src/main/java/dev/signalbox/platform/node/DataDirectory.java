package dev.signalbox.platform.node;

import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory of durable state, for the user of the process alone when it is made here. A process
 * that runs the whole system holds it alone; the services of a cluster on one machine share it,
 * since each store guards itself.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = ".lock";

  private final @Nullable FileMutex mutex;

  private DataDirectory(@Nullable FileMutex mutex) {
    this.mutex = mutex;
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
    return FileMutex.tryAcquire(directory.resolve(LOCK_FILE))
        .map(DataDirectory::new)
        .orElseThrow(() ->
            new StartException(
                "Another Signalbox is running on the data directory "
                    + directory
                    + ". Stop it, or start this one with another --data directory."));
  }

  @Override
  public void close() {
    if (mutex != null) {
      try {
        mutex.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
