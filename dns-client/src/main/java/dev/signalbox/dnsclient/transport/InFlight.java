package dev.signalbox.dnsclient.transport;

import io.vertx.core.Future;

/** A query on its way. Used from the event loop that sent it. */
public interface InFlight {

  /**
   * What comes of it.
   *
   * @return fails with {@link TransportException} alone
   */
  Future<Received> answer();

  /**
   * Gives it up: its place in a queue, its id, its timer and its stream are free at once. Harmless
   * when it has ended.
   */
  void cancel();

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
