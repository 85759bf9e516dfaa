package dev.signalbox.dnsclient.resolver;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import org.xbill.DNS.Message;

/** How a look-up ended. */
public sealed interface LookupOutcome {

  /**
   * A resolver answered, if only that the name does not exist.
   *
   * @param message what; shared, so not to be changed
   * @param wire the same as it came, or as it would come now from a cache; not copied
   * @param resolver who
   * @param protocol how the answer came
   * @param tcpFallback whether UDP was tried first
   * @param attempts messages sent in all; 0 from the cache
   * @param timings of the last attempt
   * @param cached whether the answer was kept from an earlier time and no query was sent
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answered(
      Message message,
      byte[] wire,
      String resolver,
      Protocol protocol,
      boolean tcpFallback,
      int attempts,
      DnsTimings timings,
      boolean cached)
      implements LookupOutcome {}

  /**
   * No resolver answered.
   *
   * @param fault why
   * @param reason the same as a sentence that begins with the resolver
   * @param resolver who was asked last
   * @param protocol how
   * @param attempts messages sent and connections tried in all
   */
  record Unanswered(Fault fault, String reason, String resolver, Protocol protocol, int attempts)
      implements LookupOutcome {}
}
