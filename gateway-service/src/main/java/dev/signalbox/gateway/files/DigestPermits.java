package dev.signalbox.gateway.files;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
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
   * Computes when there is a permit, and holds it until that is done.
   *
   * @param address of the client; null when it came from no network
   * @param maxWaitMs the longest wait in each of the two queues
   * @return fails with {@link ConcurrencyLimiter.RefusedException} when there is no permit in time
   */
  <T> Future<T> with(
      @Nullable String address, ContextInternal context, long maxWaitMs, Supplier<Future<T>> work) {
    String key = address == null ? "unknown" : IpLiteral.host(address);
    ConcurrencyLimiter permits = join(key).permits;
    ConcurrencyLimiter.Permit own = permits.acquire(context, maxWaitMs);
    return own.granted()
        .compose(_ -> {
          ConcurrencyLimiter.Permit permit = all.acquire(context, maxWaitMs);
          return permit.granted().compose(_ -> work.get()).onComplete(_ -> permit.release());
        })
        .onComplete(_ -> {
          own.release();
          leave(key);
        });
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
