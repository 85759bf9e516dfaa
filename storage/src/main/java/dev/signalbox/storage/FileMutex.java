package dev.signalbox.storage;

import dev.signalbox.platform.node.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One holder at a time among all threads of all processes that name the same file. The system
 * releases it when its process dies, however it dies.
 */
public final class FileMutex implements AutoCloseable {

  // The file lock belongs to the whole JVM, so threads of one JVM need a lock of their own.
  private static final ConcurrentMap<Path, ReentrantLock> IN_THIS_JVM = new ConcurrentHashMap<>();
  private static final long POLL_NANOS = 2_000_000;

  private final ReentrantLock local;
  private final FileChannel channel;

  private FileMutex(ReentrantLock local, FileChannel channel) {
    this.local = local;
    this.channel = channel;
  }

  /**
   * Waits for the mutex; to be closed by the same thread.
   *
   * @param file is created when missing and never removed
   * @param timeout how long to wait at most
   * @throws IOException when another holder kept it too long, or the file cannot be opened
   * @throws InterruptedException when interrupted while waiting
   */
  public static FileMutex acquire(Path file, Duration timeout)
      throws IOException, InterruptedException {
    Path path = file.toAbsolutePath().normalize();
    long deadline = System.nanoTime() + timeout.toNanos();
    ReentrantLock local = IN_THIS_JVM.computeIfAbsent(path, ignored -> new ReentrantLock());
    if (!local.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IOException("another thread keeps " + path);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PrivateFiles.attributes(path));
      FileLock lock = channel.tryLock();
      while (lock == null) {
        if (System.nanoTime() - deadline >= 0) {
          throw new IOException("another process keeps " + path);
        }
        LockSupport.parkNanos(POLL_NANOS); // the system tells nobody when a file lock is free
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        lock = channel.tryLock();
      }
      return new FileMutex(local, channel);
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      local.unlock();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close(); // releases the file lock
    } finally {
      local.unlock();
    }
  }
}
