package dev.signalbox.gateway.server;

import dev.signalbox.contracts.serverfactory.ServerChanged;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What server-factory-service publishes about its servers. Any thread may use it. */
public final class ServerChanges {

  private final AtomicLong version = new AtomicLong();
  private final List<Consumer<ServerChanged>> listeners = new CopyOnWriteArrayList<>();

  /** Takes an event from the bus. */
  public void onChange(ServerChanged changed) {
    version.incrementAndGet();
    listeners.forEach(listener -> listener.accept(changed));
  }

  /** Adds a listener; it runs on the event loop that takes the events. */
  void listen(Consumer<ServerChanged> listener) {
    listeners.add(listener);
  }

  /** Another number after each change: what was read before one may be out of date. */
  long version() {
    return version.get();
  }
}
