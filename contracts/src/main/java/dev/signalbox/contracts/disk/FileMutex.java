package dev.signalbox.contracts.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One holder at a time among all threads of all processes that name the same file. The system
 * releases it when its process dies, however it dies. Any thread may close it.
 */
public final class FileMutex implements AutoCloseable {

  // The file lock belongs to the whole JVM, so threads of one JVM need a lock of their own: one for
  // each file, whatever its paths, since closing any channel to a file drops all locks of the
  // process on it (POSIX).
  private static final Map<Object, Semaphore> IN_THIS_JVM = new HashMap<>();
  private static final long POLL_NANOS = 2_000_000;

  // A lock file is never a link: one would let whoever made it choose what is locked or created.
  private static final Set<OpenOption> OPTIONS =
      Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

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
    long deadline = System.nanoTime() + timeout.toNanos();
    Semaphore local = local(file, attributes);
    if (!local.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IOException("another thread keeps " + file);
    }
    FileMutex mutex = opened(local, file);
    try {
      while (!mutex.tryLock()) {
        if (System.nanoTime() - deadline >= 0) {
          throw new IOException("another process keeps " + file);
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
    Semaphore local = local(file, PrivateFiles.attributes(file));
    if (!local.tryAcquire()) {
      return Optional.empty();
    }
    FileMutex mutex = opened(local, file);
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

  /** The lock within this JVM of a file, which is made if it is missing. */
  private static Semaphore local(Path file, FileAttribute<?>... attributes) throws IOException {
    // Making a file closes a channel to it, so no thread may lock the file before that is over.
    synchronized (IN_THIS_JVM) {
      Object key;
      try {
        key = key(file);
      } catch (NoSuchFileException _) {
        try {
          Files.createFile(file, attributes);
        } catch (FileAlreadyExistsException _) {
          // Another process has just made it.
        }
        key = key(file);
      }
      return IN_THIS_JVM.computeIfAbsent(key, _ -> new Semaphore(1));
    }
  }

  /** What a file is known by whatever its path, where the system has such a thing. */
  private static Object key(Path file) throws IOException {
    Object key =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    return key == null ? file.toRealPath() : key;
  }

  private static FileMutex opened(Semaphore local, Path file) throws IOException {
    try {
      return new FileMutex(local, FileChannel.open(file, OPTIONS));
    } catch (IOException | RuntimeException e) {
      local.release();
      throw e;
    }
  }

  private boolean tryLock() throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // this process holds it by other means than this class
    }
  }

  /**
   * Gives the file the present time of modification, and a byte. Setting its time by its path would
   * open and close it, and so drop the lock.
   *
   * @throws IOException when it is closed, or the disk is full
   */
  public void touch() throws IOException {
    channel.write(ByteBuffer.allocate(1), 0);
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
