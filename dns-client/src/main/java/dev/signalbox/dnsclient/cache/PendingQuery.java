package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.Lookup;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question under way and all who wait for its answer, on whatever event loops. The question
 * itself belongs to the event loop that began it.
 */
final class Flight {

  private final CacheKey key;
  private final ContextInternal context;
  private final Set<Waiter> waiters = new LinkedHashSet<>(2);
  private boolean over;
  private volatile @Nullable Lookup lookup;

  Flight(CacheKey key, ContextInternal context) {
    this.key = key;
    this.context = context;
  }

  /** What it means that somebody leaves. */
  enum Left {
    /** Nothing: the answer is on its way to them. */
    TOO_LATE,
    OTHERS_STAY,
    /** Nobody waits any more, and nobody can join. */
    LAST
  }

  CacheKey key() {
    return key;
  }

  /** One more who waits; not when it has landed or been given up. */
  synchronized boolean join(Waiter waiter) {
    return !over && waiters.add(waiter);
  }

  synchronized Left leave(Waiter waiter) {
    if (!waiters.remove(waiter)) {
      return Left.TOO_LATE;
    }
    over = waiters.isEmpty();
    return over ? Left.LAST : Left.OTHERS_STAY;
  }

  /** Ends it: those who waited to the end. */
  synchronized List<Waiter> land() {
    over = true;
    List<Waiter> all = new ArrayList<>(waiters);
    waiters.clear();
    return all;
  }

  void carriedBy(Lookup begun) {
    lookup = begun;
  }

  int attempts() {
    Lookup begun = lookup;
    // The sending under way has happened, though it is not counted before it ends.
    return begun == null ? 0 : begun.attempts() + 1;
  }

  /** Gives the question up, on its own event loop. */
  void cancel() {
    context.execute(() -> {
      Lookup begun = lookup;
      if (begun != null) {
        begun.cancel();
      }
    });
  }
}
