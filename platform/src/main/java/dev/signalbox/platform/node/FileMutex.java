package dev.signalbox.platform.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One holder at a time among all threads of all processes that name the same file. The system
 * releases it when its process dies, however it dies. Any thread may close it.
 */
public final class FileMutex implements AutoCloseable {

  // The file lock belongs to the whole JVM, so threads of one JVM need a lock of their own.
  private static final ConcurrentMap<Path, Semaphore> IN_THIS_JVM = new ConcurrentHashMap<>();
  private static final long POLL_NANOS = 2_000_000;

  // A lock file is never a link: one would let whoever made it choose what is locked or created.
  private static final Set<OpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final Semaphore local;
  private final FileChannel channel;
  private boolean closed;

  private FileMutex(Semaphore local, FileChannel channel) {
    this.local = local;
    this.channel = channel;
  }

  /**
   * Waits for the mutex.
   *
   * @param file is created, for its owner alone, when missing and never removed
   * @param timeout how long to wait at most
   * @throws IOException when another holder kept it too long, or the file cannot be opened
   * @throws InterruptedException when interrupted while waiting
   */
  public static FileMutex acquire(Path file, Duration timeout)
      throws IOException, InterruptedException {
    return acquire(file, timeout, PrivateFiles.attributes(file));
  }

  /** As {@link #acquire(Path, Duration)}, with the attributes that a missing file gets. */
  public static FileMutex acquire(Path file, Duration timeout, FileAttribute<?>... attributes)
      throws IOException, InterruptedException {
    Path path = real(file);
    long deadline = System.nanoTime() + timeout.toNanos();
    Semaphore local = local(path);
    if (!local.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IOException("another thread keeps " + path);
    }
    FileMutex mutex = opened(local, path, attributes);
    try {
      while (!mutex.tryLock()) {
        if (System.nanoTime() - deadline >= 0) {
          throw new IOException("another process keeps " + path);
        }
        LockSupport.parkNanos(POLL_NANOS); // the system tells nobody when a file lock is free
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      return mutex;
    } catch (IOException | InterruptedException | RuntimeException e) {
      mutex.close();
      throw e;
    }
  }

  /**
   * Takes the mutex if nothing holds it.
   *
   * @param file as by {@link #acquire(Path, Duration)}
   * @return empty when it is held
   * @throws IOException when the file cannot be opened
   */
  public static Optional<FileMutex> tryAcquire(Path file) throws IOException {
    Path path = real(file);
    Semaphore local = local(path);
    if (!local.tryAcquire()) {
      return Optional.empty();
    }
    FileMutex mutex = opened(local, path, PrivateFiles.attributes(path));
    try {
      if (mutex.tryLock()) {
        return Optional.of(mutex);
      }
    } catch (IOException | RuntimeException e) {
      mutex.close();
      throw e;
    }
    mutex.close();
    return Optional.empty();
  }

  /** One name for each file: closing a channel to it drops all locks of this process on it. */
  private static Path real(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    Path name = absolute.getFileName();
    if (directory == null || name == null) {
      throw new IOException(file + " is not a file");
    }
    return directory.toRealPath().resolve(name);
  }

  private static Semaphore local(Path path) {
    return IN_THIS_JVM.computeIfAbsent(path, _ -> new Semaphore(1));
  }

  private static FileMutex opened(Semaphore local, Path path, FileAttribute<?>... attributes)
      throws IOException {
    try {
      return new FileMutex(local, FileChannel.open(path, OPTIONS, attributes));
    } catch (IOException | RuntimeException e) {
      local.release();
      throw e;
    }
  }

  private boolean tryLock() throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process holds it by another name of the file
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      channel.close(); // releases the file lock
    } finally {
      local.release();
    }
  }
}
