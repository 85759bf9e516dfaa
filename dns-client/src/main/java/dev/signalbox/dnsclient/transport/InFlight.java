package dev.signalbox.dnsclient.transport;

import io.vertx.core.Future;

/** A query on its way. Used from the event loop that sent it. */
public interface InFlight extends Revocable {

  /**
   * What comes of it.
   *
   * @return fails with {@link TransportException} alone
   */
  Future<Received> answer();

  /** One that ended before it began. */
  static InFlight failed(Future<Received> failure) {
    return new InFlight() {
      @Override
      public Future<Received> answer() {
        return failure;
      }

      @Override
      public void cancel() {
        // Nothing is held.
      }
    };
  }
}
