package dev.signalbox.platform.bus;

import io.vertx.core.Future;

/** Something that was registered and can be taken back. */
public interface Subscription {

  /**
   * Tells every member that no more requests are to come, and still answers those that do;
   * completes when all that can be reached know.
   */
  Future<Void> withdraw();

  /** Takes it back; completes when no more messages will come. */
  Future<Void> cancel();
}
