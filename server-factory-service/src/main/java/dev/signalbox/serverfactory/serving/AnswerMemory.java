package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of bodies that are there for one response each, until the client has read them:
 * of files, of forwarded responses, of templates. The other bodies are parts of definitions. Any
 * thread may use it.
 */
public final class AnswerMemory {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long WAIT_MS = 20;

  private final MemoryBudget budget;

  public AnswerMemory(MemoryBudget budget) {
    this.budget = budget;
  }

  /** What one response holds; nothing yet. */
  public Share share() {
    return new Share();
  }

  /** What one response holds, to be released when it has ended. */
  public final class Share {

    private final AtomicLong held = new AtomicLong();

    private Share() {}

    /** Takes memory; false when too little is left. */
    public boolean tryTake(long bytes) {
      boolean taken = budget.tryAcquire(bytes);
      if (taken) {
        held.addAndGet(bytes);
      }
      return taken;
    }

    /**
     * Takes memory, and waits a while for it: clients that read make room all the time.
     *
     * @return fails with OVERLOADED
     */
    public Future<Void> take(Vertx vertx, long bytes) {
      return take(vertx, bytes, System.nanoTime() + PATIENCE_NANOS);
    }

    private Future<Void> take(Vertx vertx, long bytes, long deadline) {
      if (tryTake(bytes)) {
        return Future.succeededFuture();
      }
      return bytes > budget.limit() || System.nanoTime() - deadline >= 0
          ? Future.failedFuture(
              new ServiceException(
                  ErrorCode.OVERLOADED,
                  "bodies that clients have not read take too much memory for "
                      + bytes
                      + " bytes more"))
          : vertx
              .timer(WAIT_MS, TimeUnit.MILLISECONDS)
              .compose(_ -> take(vertx, bytes, deadline));
    }

    /** Gives everything back. */
    void release() {
      budget.release(held.getAndSet(0));
    }
  }
}
