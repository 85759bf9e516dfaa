package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.transport.HttpsTransport;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RateGates;
import dev.signalbox.dnsclient.transport.StreamTransport;
import dev.signalbox.dnsclient.transport.Transport;
import dev.signalbox.dnsclient.transport.UdpTransport;
import io.vertx.core.Future;

/**
 * What carries each protocol.
 *
 * @param udp UDP
 * @param stream TCP and TLS
 * @param https HTTPS
 * @param rates how often each address may be asked
 */
public record Transports(
    UdpTransport udp, StreamTransport stream, HttpsTransport https, RateGates rates) {

  Transport of(Protocol protocol) {
    return switch (protocol) {
      case UDP -> udp;
      case TCP, TLS -> stream;
      case HTTPS -> https;
    };
  }

  /** Queries that hold something. */
  public int inFlight() {
    return udp.inFlight() + stream.inFlight() + https.inFlight() + rates.waiting();
  }

  /** Gives every socket back. */
  public Future<Void> close() {
    rates.close();
    return Future.join(udp.close(), stream.close(), https.close()).mapEmpty();
  }
}
