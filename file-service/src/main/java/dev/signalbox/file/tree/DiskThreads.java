package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that may wait for the disk. How much can queue for them is bounded by the requests
 * the service takes in.
 */
public final class DiskThreads {

  private static final Logger LOG = LoggerFactory.getLogger(DiskThreads.class);

  private static final long LOG_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final WorkerExecutor executor;
  private final @Nullable DiskSpace space;
  private final AtomicLong logAgainAt = new AtomicLong(System.nanoTime());

  /**
   * Threads that read.
   *
   * @param name of the threads
   * @param count how many
   */
  public DiskThreads(Vertx vertx, String name, int count) {
    this(vertx, name, count, null);
  }

  private DiskThreads(Vertx vertx, String name, int count, @Nullable DiskSpace space) {
    this.executor = vertx.createSharedWorkerExecutor(name, count);
    this.space = space;
  }

  /**
   * Threads that write to a disk.
   *
   * @param space room on it; looked at when writing fails
   */
  public static DiskThreads writing(Vertx vertx, String name, int count, DiskSpace space) {
    return new DiskThreads(vertx, name, count, space);
  }

  /**
   * Does something on one of them; the result comes back on the caller's context.
   *
   * @return fails with INSUFFICIENT_STORAGE when the disk or a quota of it is full, with
   *     STORAGE_UNAVAILABLE when it is broken or read-only; what the operator forbids (access
   *     denied) is no outage and fails as it is
   */
  @SuppressWarnings("NullAway") // Vert.x allows null results; this does not
  public <T> Future<T> run(Callable<T> work) {
    return executor.executeBlocking(
        () -> {
          try {
            return work.call();
          } catch (AccessDeniedException e) {
            throw e;
          } catch (IOException e) {
            throw unavailable(e);
          } catch (UncheckedIOException e) {
            throw unavailable(e.getCause());
          }
        },
        false);
  }

  private ServiceException unavailable(IOException cause) {
    long now = System.nanoTime();
    long again = logAgainAt.get();
    // Some uploads succeed on a full disk, so there is no end of an outage to tell.
    if (now - again >= 0 && logAgainAt.compareAndSet(again, now + LOG_AGAIN_NANOS)) {
      LOG.error("file-service cannot use its disk", cause);
    }
    return isFull(cause)
        ? new ServiceException(
            ErrorCode.INSUFFICIENT_STORAGE, "file-service has no room on its disk", cause)
        : new ServiceException(
            ErrorCode.STORAGE_UNAVAILABLE, "file-service cannot use its disk", cause);
  }

  /**
   * ENOSPC and EDQUOT, which Java gives as the text of the system alone. Should the text be another
   * one, the file system tells whether the disk is full; a quota would be an outage then, 503, and
   * nothing is left of the upload either.
   */
  private boolean isFull(IOException e) {
    return FullDiskTexts.in(String.valueOf(e.getMessage())) || (space != null && space.isFull());
  }

  /** Lets them go. */
  public Future<Void> close() {
    return executor.close();
  }
}
