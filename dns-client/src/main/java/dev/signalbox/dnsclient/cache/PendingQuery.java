package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.Lookup;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query in flight and its subscribers, which may belong to several event loops. The query itself
 * belongs to the event loop that started it.
 */
final class PendingQuery {

  private final CacheKey key;
  private final ContextInternal context;
  private final Set<Subscriber> subscribers = new LinkedHashSet<>(2);
  private boolean over;
  private volatile @Nullable Lookup lookup;

  PendingQuery(CacheKey key, ContextInternal context) {
    this.key = key;
    this.context = context;
  }

  /** What a subscriber's leaving changes. */
  enum Left {
    /** Nothing: the answer is on its way to the subscriber. */
    TOO_LATE,
    OTHERS_STAY,
    /** The query has no subscriber and takes no other. */
    LAST
  }

  CacheKey key() {
    return key;
  }

  /** Adds a subscriber, unless the query has ended or was cancelled. */
  synchronized boolean join(Subscriber subscriber) {
    return !over && subscribers.add(subscriber);
  }

  synchronized Left leave(Subscriber subscriber) {
    if (!subscribers.remove(subscriber)) {
      return Left.TOO_LATE;
    }
    over = subscribers.isEmpty();
    return over ? Left.LAST : Left.OTHERS_STAY;
  }

  /** Ends the query; gives the subscribers that are still there. */
  synchronized List<Subscriber> complete() {
    over = true;
    List<Subscriber> all = new ArrayList<>(subscribers);
    subscribers.clear();
    return all;
  }

  void started(Lookup begun) {
    lookup = begun;
  }

  int attempts() {
    Lookup begun = lookup;
    // The sending under way has happened, though it is not counted before it ends.
    return begun == null ? 0 : begun.attempts() + 1;
  }

  /** Cancels the query on its own event loop. */
  void cancel() {
    context.execute(() -> {
      Lookup begun = lookup;
      if (begun != null) {
        begun.cancel();
      }
    });
  }
}
