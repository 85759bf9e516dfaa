package dev.signalbox.platform.bus;

import io.vertx.core.Future;

/** Something that was registered and can be taken back. */
@FunctionalInterface
public interface Subscription {

  /** Takes it back; completes when no more messages will come. */
  Future<Void> cancel();
}
