package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** How long the end waits for work; a disk that hangs must not keep the service from stopping. */
  private static final long CLOSE_MS = 3_000;

  private final Vertx vertx;
  private final WorkerExecutor executor;
  private final @Nullable DiskSpace space;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Promise<Void> ended = Promise.promise();
  private volatile boolean closing;
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
    this.vertx = vertx;
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
   *     denied) is no outage and fails as it is; with STOPPING after {@link #close}
   */
  @SuppressWarnings("NullAway") // Vert.x allows null results; this does not
  public <T> Future<T> run(Callable<T> work) {
    // Counted first, so that either the end waits for it or it sees the end.
    inFlight.incrementAndGet();
    if (closing) {
      onEnded();
      return Future.failedFuture(
          new ServiceException(ErrorCode.STOPPING, "file-service is stopping"));
    }
    return executor
        .executeBlocking(
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
            false)
        .onComplete(_ -> onEnded());
  }

  private void onEnded() {
    if (inFlight.decrementAndGet() == 0 && closing) {
      ended.tryComplete();
    }
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

  /**
   * Takes no more work, and lets the threads go when all of it has ended. Work that hangs is
   * interrupted after a while, which closes its file.
   */
  public Future<Void> close() {
    closing = true;
    if (inFlight.get() == 0) {
      ended.tryComplete();
    }
    // The threads end by an interrupt. It closes the files in use, and waits until the system has
    // ended what it does with them: no event loop may.
    return ended
        .future()
        .timeout(CLOSE_MS, TimeUnit.MILLISECONDS)
        .transform(_ -> vertx.executeBlocking(executor::close, false))
        .mapEmpty();
  }
}
