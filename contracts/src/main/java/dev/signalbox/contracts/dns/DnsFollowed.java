package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.TaskError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a name that an answer points to.
 *
 * @param name the target of an MX, NS, SRV, HTTPS or SVCB record, with the final dot
 * @param addresses its IPv4 addresses and then its IPv6 addresses (RFC 5952), at the end of its
 *     aliases, at most 64; empty when there are none
 * @param omitted how many further addresses are left out
 * @param lookups what became of the questions for A and AAAA, in this order
 */
public record DnsFollowed(String name, List<String> addresses, int omitted, List<Lookup> lookups) {

  public DnsFollowed {
    addresses = List.copyOf(addresses);
    lookups = List.copyOf(lookups);
  }

  /**
   * What became of one question.
   *
   * @param type {@code A} or {@code AAAA}
   * @param rcode response code by name; null without a response
   * @param dnssec what validation found; null when none was wanted
   * @param error why there is no response; null with one
   */
  public record Lookup(
      String type,
      @Nullable String rcode,
      @Nullable DnsSecurity dnssec,
      @Nullable TaskError error) {}
}
