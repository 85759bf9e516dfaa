package dev.signalbox.gateway.code;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** How far the log of messages is, from what code-service says. Any thread may use it. */
public final class StoredMessages {

  private final AtomicLong lastId = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Messages up to an id are stored. */
  public void onStored(long id) {
    if (lastId.getAndAccumulate(id, Math::max) < id) {
      listeners.forEach(Runnable::run);
    }
  }

  long lastId() {
    return lastId.get();
  }

  /** Runs a listener when there are more messages, on the thread that says so. */
  void onMore(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }
}
