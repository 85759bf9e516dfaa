package dev.signalbox.gateway.files;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds digests that are computed at once over all event loops. A client has half of the permits
 * and of the queue for them at most, further ones wait in a queue of its own, so that a client that
 * asks for many keeps no other from the next permit. Any thread may use it.
 */
final class DigestPermits {

  /** Digests that are computed at once keep as many processors busy. */
  private static final int PERMITS = 4;

  private static final int WAITING = 1_000;
  private static final int PERMITS_OF_CLIENT = 2;
  private static final int WAITING_OF_CLIENT = 100;

  private final ConcurrencyLimiter all = new ConcurrencyLimiter(PERMITS, WAITING);
  private final ConcurrentMap<String, Client> clients = new ConcurrentHashMap<>();

  /** A client with at least one digest. */
  private static final class Client {
    private final ConcurrencyLimiter permits =
        new ConcurrencyLimiter(PERMITS_OF_CLIENT, WAITING_OF_CLIENT);
    // Guarded by the map's lock on the key.
    private int digests;
  }

  /**
   * A permit, granted or queued, of a client's own and of all. Belongs to the event loop that
   * acquired it, which releases it however its digest ends.
   */
  final class Permit {
    private final String key;
    private final ConcurrencyLimiter.Permit own;
    private final Future<Void> granted;
    private ConcurrencyLimiter.@Nullable Permit ofAll;
    private boolean released;

    private Permit(String key, ContextInternal context, long maxWaitMs) {
      long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(maxWaitMs);
      this.key = key;
      this.own = join(key).permits.acquire(context, maxWaitMs);
      this.granted = own.granted().compose(_ -> acquireOfAll(context, endNanos));
    }

    private Future<Void> acquireOfAll(ContextInternal context, long endNanos) {
      if (released) {
        return Future.failedFuture(new CancellationException("released before it was granted"));
      }
      long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
      ConcurrencyLimiter.Permit permit = all.acquire(context, Math.max(0, leftMs));
      ofAll = permit;
      return permit.granted();
    }

    /** Completes on the acquiring context; fails with {@code RefusedException}. */
    Future<Void> granted() {
      return granted;
    }

    /** Releases it or leaves the queues; no effect after that. */
    void release() {
      if (released) {
        return;
      }
      released = true;
      if (ofAll != null) {
        ofAll.release();
      }
      own.release();
      leave(key);
    }
  }

  /**
   * Acquires a permit; call it on the context's loop.
   *
   * @param address of the client; null when it came from no network
   * @param maxWaitMs the longest wait, in both queues together
   */
  Permit acquire(@Nullable String address, ContextInternal context, long maxWaitMs) {
    String key = address == null ? "unknown" : IpLiteral.host(address);
    return new Permit(key, context, maxWaitMs);
  }

  private Client join(String key) {
    return clients.compute(
        key,
        (_, present) -> {
          Client client = present == null ? new Client() : present;
          client.digests++;
          return client;
        });
  }

  private void leave(String key) {
    clients.computeIfPresent(key, (_, client) -> --client.digests == 0 ? null : client);
  }

  /** Clients that have a digest computed or wait for one. */
  int size() {
    return clients.size();
  }
}
