package dev.signalbox.gateway.door;

import dev.signalbox.gateway.route.BodyRule;
import java.time.Duration;
import java.util.List;

/**
 * The rules of every door.
 *
 * @param bind address to listen on
 * @param hosts names allowed in Host besides the loopback ones: {@code name}, {@code name:port} or
 *     {@code *}
 * @param idle how long a connection may be without a request
 * @param requestsPerConnection after so many it is closed
 * @param bodyTimeout how long a body may keep us waiting, apart from its bytes
 * @param bodyBytesPerSecond a body must come at least this fast beyond that
 * @param pause how long the sender of an endless body may be silent
 * @param stall a client that takes nothing of its answer for so long is cut off
 * @param bodyBytes limit of a body read whole
 * @param headerBytes limit of the header section
 * @param uriBytes limit of the request line
 * @param connections limit over all doors and event loops
 * @param maxWait how long a request may wait for admission
 */
public record FrontSettings(
    String bind,
    List<String> hosts,
    Duration idle,
    int requestsPerConnection,
    Duration bodyTimeout,
    int bodyBytesPerSecond,
    Duration pause,
    Duration stall,
    int bodyBytes,
    int headerBytes,
    int uriBytes,
    int connections,
    Duration maxWait) {

  /** How a body may keep us waiting. */
  BodyPatience patience(BodyRule rule) {
    return rule instanceof BodyRule.Endless
        ? BodyPatience.withPauses(pause)
        : BodyPatience.of(bodyTimeout, bodyBytesPerSecond);
  }
}
