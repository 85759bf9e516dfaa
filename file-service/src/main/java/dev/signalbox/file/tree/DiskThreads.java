package dev.signalbox.file.tree;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;

/**
 * The threads that may wait for the disk. How much can queue for them is bounded by the requests
 * the service takes in.
 */
public final class DiskThreads {

  private final WorkerExecutor executor;

  /**
   * @param name of the threads
   * @param count how many
   */
  public DiskThreads(Vertx vertx, String name, int count) {
    this.executor = vertx.createSharedWorkerExecutor(name, count);
  }

  /** Does something on one of them; the result comes back on the caller's context. */
  @SuppressWarnings("NullAway") // Vert.x allows null results; this does not
  public <T> Future<T> run(Callable<T> work) {
    return executor.executeBlocking(work, false);
  }

  /** Lets them go. */
  public Future<Void> close() {
    return executor.close();
  }
}
