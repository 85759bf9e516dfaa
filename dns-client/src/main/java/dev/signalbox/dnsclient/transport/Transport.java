package dev.signalbox.dnsclient.transport;

import dev.signalbox.dnsclient.message.EncodedQuery;
import io.vertx.core.Future;

/** One question to one resolver by one protocol. Used from a single event loop. */
public sealed interface Transport permits UdpTransport, StreamTransport, HttpsTransport {

  /**
   * Sends a query, again where the protocol loses messages, and waits for the message that answers
   * it; everything else that arrives is ignored.
   */
  InFlight exchange(EncodedQuery query, Upstream upstream, RetryPolicy retryPolicy);

  /** Queries that hold something: a place in a queue, an id, a timer, a stream. */
  int inFlight();

  /** Fails what is under way and gives every socket back. */
  Future<Void> close();
}
