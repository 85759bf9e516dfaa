package dev.signalbox.platform.limit;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits of each of a bounded number of keys that clients choose, such as targets. A key whose
 * limit is idle is forgotten when there are many. A key in use never is, unlike in a cache: clients
 * that name many others could free themselves of its limit. Guarded by its user's lock.
 *
 * @param <K> what is limited
 * @param <V> its limit
 */
public final class LimitTable<K, V> {

  private static final int MANY = 1_024;

  /** A look at all keys takes time under the lock, and right after one there is little to find. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Makes limits. */
  public interface Factory<K, V> {

    /** The limit of a key that has none, of which nothing is used up by now. */
    V create(K key, long nowNanos);
  }

  /** Tells limits in use from others. */
  public interface Idle<V> {

    /** Whether a new limit would do as well. */
    boolean test(V limit, long nowNanos);
  }

  private final int most;
  private final Factory<? super K, ? extends V> factory;
  private final Idle<? super V> idle;
  private final Map<K, V> limits = new HashMap<>();
  private int sweepAt;
  private boolean swept;
  private long sweptNanos;

  /**
   * A table that is empty.
   *
   * @param most keys with a limit at a time
   */
  public LimitTable(int most, Factory<? super K, ? extends V> factory, Idle<? super V> idle) {
    this.most = most;
    this.factory = factory;
    this.idle = idle;
    this.sweepAt = Math.min(most, MANY);
  }

  /** The limit of a key; null when it has none and too many others have one. */
  public @Nullable V of(K key, long nowNanos) {
    V known = limits.get(key);
    if (known != null) {
      return known;
    }
    if (limits.size() >= sweepAt) {
      sweep(nowNanos);
      if (limits.size() >= most) {
        return null;
      }
    }
    V created = factory.create(key, nowNanos);
    limits.put(key, created);
    return created;
  }

  /** Forgets a key now if its limit is idle. */
  public void release(K key, long nowNanos) {
    limits.computeIfPresent(key, (_, limit) -> idle.test(limit, nowNanos) ? null : limit);
  }

  /** Keys with a limit. */
  public int size() {
    return limits.size();
  }

  private void sweep(long nowNanos) {
    if (swept && nowNanos - sweptNanos < PAUSE_NANOS) {
      return;
    }
    swept = true;
    sweptNanos = nowNanos;
    limits.values().removeIf(limit -> idle.test(limit, nowNanos));
    sweepAt = Math.clamp(2L * limits.size(), Math.min(most, MANY), most);
  }
}
