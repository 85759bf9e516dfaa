package dev.signalbox.platform.bus;

import io.vertx.core.Future;

/** Something that was registered and can be taken back. */
public interface Subscription {

  /**
   * Announces to every member that it takes no further requests, and still answers those that come;
   * completes when all that can be reached know.
   */
  Future<Void> withdraw();

  /** Ends it; completes when no further messages can come. */
  Future<Void> cancel();
}
