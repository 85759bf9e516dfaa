package dev.signalbox.platform.bus;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The cancellations of calls that came from other processes, for as long as such a call is being
 * answered. Any thread.
 */
final class RemoteCancellations {

  /** Enough for every client that leaves within the moment by which a message may be late. */
  private static final int REMEMBERED = 1_024;

  private static final class Shared {
    private final Cancellation cancellation;
    private int calls;

    Shared(Cancellation cancellation) {
      this.cancellation = cancellation;
    }
  }

  private final Map<String, Shared> live = new HashMap<>();

  // The event may overtake a call of the same client, which must not run then.
  private final Map<String, Boolean> requested =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A call has come; {@link #left} must follow when it is answered. */
  synchronized Cancellation arrived(String id) {
    if (id.isEmpty()) {
      return Cancellation.NEVER;
    }
    Shared shared = live.computeIfAbsent(id, key -> new Shared(new Cancellation(key)));
    shared.calls++;
    if (requested.containsKey(id)) {
      shared.cancellation.request();
    }
    return shared.cancellation;
  }

  /** A call has been answered. */
  synchronized void left(Cancellation cancellation) {
    live.computeIfPresent(cancellation.id(), (id, shared) -> --shared.calls == 0 ? null : shared);
  }

  /** The caller cancelled these calls. */
  void cancelled(String id) {
    Shared shared;
    synchronized (this) {
      requested.put(id, true);
      shared = live.get(id);
    }
    if (shared != null) {
      shared.cancellation.request();
    }
  }

  /** How many distinct ones have calls here. */
  synchronized int size() {
    return live.size();
  }
}
