package dev.signalbox.file.tree;

import dev.signalbox.contracts.disk.FileMutex;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One change of what is visible at a time, so that a condition still holds when it is acted on: in
 * this process, and by an advisory lock on a hidden file among replicas that share the root.
 */
public final class ChangeLock {

  private static final String NAME = ".signalbox-lock";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The usual mode, as of all else in the root: replicas may run as users of one group. */
  private static final FileAttribute<?>[] SHARED = {};

  private final Path file;

  public ChangeLock(FileRoot root) {
    this.file = root.real().resolve(NAME);
  }

  /** A change that runs while no other change does. */
  public interface Change<T extends @Nullable Object> {
    T make() throws IOException;
  }

  /**
   * Makes a change alone.
   *
   * @throws IOException if the change fails, or others do not finish theirs within ten seconds
   */
  public <T extends @Nullable Object> T alone(Change<T> change) throws IOException {
    try (FileMutex _ = acquire()) {
      return change.make();
    }
  }

  private FileMutex acquire() throws IOException {
    try {
      return FileMutex.acquire(file, PATIENCE, SHARED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for other changes", e);
    }
  }
}
