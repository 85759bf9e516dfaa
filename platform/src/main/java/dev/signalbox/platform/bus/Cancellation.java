package dev.signalbox.platform.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the answers to some calls are still wanted. One serves all calls made for one client's
 * request, however many those are. Any thread may use it.
 *
 * <p>Made by {@link Bus#cancellable()}; a service finds it in its {@link Call} and gives up what it
 * holds for the call when it is requested: sockets, timers, places in a queue.
 */
public final class Cancellation {

  /** Of calls that are always wanted. */
  public static final Cancellation NEVER = new Cancellation("");

  /** Ends listening; harmless when the listener has run. */
  @FunctionalInterface
  public interface Registration {

    /** The listener will not be run from now on, unless it is about to be. */
    void remove();
  }

  private static final Registration NOTHING = () -> {};

  private record Listener(Runnable action, Context context) implements Runnable {

    @Override
    public void run() {
      context.runOnContext(_ -> action.run());
    }

    // Two calls may register equal actions: each counts.
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final String id;
  private final Set<Runnable> listeners = new LinkedHashSet<>();
  private volatile boolean requested;

  Cancellation(String id) {
    this.id = id;
  }

  /** Names it across processes; empty for {@link #NEVER}. */
  String id() {
    return id;
  }

  /** Whether the caller has cancelled its calls. */
  public boolean requested() {
    return requested;
  }

  /** Cancels the calls. Only the first time counts. */
  public void request() {
    List<Runnable> told;
    synchronized (listeners) {
      if (requested || id.isEmpty()) {
        return;
      }
      requested = true;
      told = new ArrayList<>(listeners);
      listeners.clear();
    }
    told.forEach(Runnable::run);
  }

  /**
   * Runs an action once this is requested: soon if it is already. It runs on the Vert.x context
   * that registers it, so that the owner of a socket closes it on its own event loop.
   *
   * @return to be removed when the call is answered, for this may outlive it by far
   */
  public Registration onRequest(Runnable action) {
    Context context = Vertx.currentContext();
    return register(context == null ? action : new Listener(action, context));
  }

  private Registration register(Runnable listener) {
    if (id.isEmpty()) {
      return NOTHING;
    }
    synchronized (listeners) {
      if (!requested) {
        listeners.add(listener);
        return () -> {
          synchronized (listeners) {
            listeners.remove(listener);
          }
        };
      }
    }
    listener.run();
    return NOTHING;
  }
}
