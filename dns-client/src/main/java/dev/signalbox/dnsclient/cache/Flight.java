package dev.signalbox.dnsclient.cache;

import dev.signalbox.dnsclient.resolver.Lookup;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A question under way and all who wait for its answer. */
final class Flight {

  private final CacheKey key;
  private final Set<Waiter> waiters = new LinkedHashSet<>(2);
  private @Nullable Lookup lookup;

  Flight(CacheKey key) {
    this.key = key;
  }

  CacheKey key() {
    return key;
  }

  Set<Waiter> waiters() {
    return waiters;
  }

  void carriedBy(Lookup begun) {
    lookup = begun;
  }

  int attempts() {
    // The sending under way has happened, though it is not counted before it ends.
    return lookup == null ? 0 : lookup.attempts() + 1;
  }

  void cancel() {
    if (lookup != null) {
      lookup.cancel();
    }
  }
}
