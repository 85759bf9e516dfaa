package dev.signalbox.file.tree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of what is visible at a time, so that a condition still holds when it is acted on: in
 * this process, and by an advisory lock on a hidden file among replicas that share the root.
 */
public final class ChangeLock {

  private static final Logger log = LoggerFactory.getLogger(ChangeLock.class);

  private static final String NAME = ".signalbox-lock";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);

  /** File locks belong to a process: within it, services on one root need a lock of their own. */
  private static final ConcurrentMap<Path, ReentrantLock> BY_ROOT = new ConcurrentHashMap<>();

  private final Path file;
  private final ReentrantLock here;

  public ChangeLock(FileRoot root) {
    this.file = root.real().resolve(NAME);
    this.here = BY_ROOT.computeIfAbsent(root.real(), _ -> new ReentrantLock());
  }

  /** What is done while nobody else changes anything. */
  public interface Change<T extends @Nullable Object> {
    T make() throws IOException;
  }

  /**
   * Makes a change alone.
   *
   * @throws IOException if the change fails, or others do not finish theirs within ten seconds
   */
  public <T extends @Nullable Object> T alone(Change<T> change) throws IOException {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    if (!acquire(giveUp)) {
      throw new IOException("other changes of files did not finish in time");
    }
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      await(channel, giveUp); // closing the channel lets go of it
      return change.make();
    } finally {
      here.unlock();
    }
  }

  private boolean acquire(long giveUp) throws IOException {
    try {
      return here.tryLock(giveUp - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for other changes", e);
    }
  }

  private static void await(FileChannel channel, long giveUp) throws IOException {
    try {
      while (true) {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return;
        }
        if (System.nanoTime() - giveUp > 0) {
          throw new IOException("a replica holds the lock on changes for too long");
        }
        LockSupport.parkNanos(PAUSE.toNanos()); // nobody tells when a file lock is free
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a replica", e);
    } catch (UnsupportedOperationException e) {
      log.debug("no file locks here; conditions hold within one process only", e);
    }
  }
}
