package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Bounds the memory of texts of definitions that are being read and stored. A text beyond all of
 * that memory is worked at alone. Used from one event loop.
 */
final class TextMemory {

  /** Of a text as it came, or is stored, and of what is made of it. */
  private static final int BYTES_OF_A_CHARACTER = 2;

  /** What waits may hold up other servers, so not for ever. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final MemoryBudget budget;
  private final Deque<Waiting> queue = new ArrayDeque<>();

  private record Waiting(long bytes, Promise<Void> granted) {}

  TextMemory(Vertx vertx, MemoryBudget budget) {
    this.vertx = vertx;
    this.budget = budget;
  }

  /** Holds memory for a text while something is done with it; fails with OVERLOADED without. */
  <T> Future<T> holding(long characters, Supplier<Future<T>> work) {
    long bytes = bytes(characters);
    // Those who wait come first: a stream of requests must not keep servers from their owner.
    return queue.isEmpty() && budget.tryAcquire(bytes)
        ? held(bytes, work)
        : Future.failedFuture(overloaded());
  }

  /** The same in turn; fails with OVERLOADED when that takes too long. */
  <T> Future<T> holdingInTurn(long characters, Supplier<Future<T>> work) {
    long bytes = bytes(characters);
    if (queue.isEmpty() && budget.tryAcquire(bytes)) {
      return held(bytes, work);
    }
    Waiting mine = new Waiting(bytes, Promise.promise());
    queue.add(mine);
    long timer =
        vertx.setTimer(
            LONGEST_WAIT.toMillis(),
            _ -> {
              queue.remove(mine);
              mine.granted.tryFail(overloaded());
              serveQueue();
            });
    return mine.granted
        .future()
        .onComplete(_ -> vertx.cancelTimer(timer))
        .compose(_ -> held(bytes, work));
  }

  private long bytes(long characters) {
    return Math.min(BYTES_OF_A_CHARACTER * characters, budget.limit());
  }

  private <T> Future<T> held(long bytes, Supplier<Future<T>> work) {
    return Future.succeededFuture()
        .compose(_ -> work.get())
        .onComplete(_ -> {
          budget.release(bytes);
          serveQueue();
        });
  }

  private void serveQueue() {
    for (Waiting first = queue.peek();
        first != null && budget.tryAcquire(first.bytes);
        first = queue.peek()) {
      queue.remove();
      first.granted.complete();
    }
  }

  private ServiceException overloaded() {
    return new ServiceException(
        ErrorCode.OVERLOADED,
        "too many definitions of servers are being read; those take at most "
            + budget.limit()
            + " bytes of memory together");
  }
}
