package dev.signalbox.contracts.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queries to resolvers: one for each type to each resolver. Ranges are those of the parameters of
 * the task {@code dns_query}, which dns-service's README lists.
 *
 * @param name the name to look up, in any script; for type PTR, an address will do
 * @param types record types by name or as {@code TYPEnnn}, at least one
 * @param resolvers {@code host[:port]}, {@code tls://host[:port]} or {@code https://host/path}; the
 *     default resolvers when empty
 * @param dnsClass {@code IN} or {@code CH}
 * @param protocol how resolvers without a scheme are queried, {@code udp, tcp, tls} or {@code
 *     https}; null for {@code udp}
 * @param recursionDesired the RD flag
 * @param checkingDisabled the CD flag
 * @param dnssecOk the DO flag
 * @param edns EDNS options; null for the service's own
 * @param validate whether responses are validated by the chain of trust
 * @param cache whether the cache may answer; null for the service's default
 * @param timeoutMs time for one query in all, milliseconds; null for the service's default
 * @param retries how often a lost query is repeated; null for the service's default
 */
public record DnsQueryRequest(
    String name,
    List<String> types,
    List<String> resolvers,
    String dnsClass,
    @Nullable String protocol,
    boolean recursionDesired,
    boolean checkingDisabled,
    boolean dnssecOk,
    @Nullable Edns edns,
    boolean validate,
    @Nullable Boolean cache,
    @Nullable Integer timeoutMs,
    @Nullable Integer retries) {

  /**
   * EDNS options of a query.
   *
   * @param udpSize largest response over UDP, bytes; null for the service's default
   * @param clientSubnet network to send as the client's, {@code address/prefix}; null to send none
   * @param nsid whether the identifier of the server is requested
   */
  public record Edns(@Nullable Integer udpSize, @Nullable String clientSubnet, boolean nsid) {}

  public DnsQueryRequest {
    types = List.copyOf(types);
    resolvers = List.copyOf(resolvers);
  }

  /** A query for types of a name to the default resolvers, as the service queries by itself. */
  public static DnsQueryRequest of(String name, String... types) {
    return new DnsQueryRequest(
        name,
        List.of(types),
        List.of(),
        "IN",
        null,
        true,
        false,
        false,
        null,
        false,
        null,
        null,
        null);
  }

  /** The same with other flags. */
  public DnsQueryRequest withFlags(boolean rd, boolean cd, boolean dnssec) {
    return new DnsQueryRequest(
        name, types, resolvers, dnsClass, protocol, rd, cd, dnssec, edns, validate, cache,
        timeoutMs, retries);
  }

  /** The same with EDNS options. */
  public DnsQueryRequest withEdns(Edns options) {
    return new DnsQueryRequest(
        name,
        types,
        resolvers,
        dnsClass,
        protocol,
        recursionDesired,
        checkingDisabled,
        dnssecOk,
        options,
        validate,
        cache,
        timeoutMs,
        retries);
  }

  /** The same to one resolver. */
  public DnsQueryRequest withResolver(String resolver) {
    return new DnsQueryRequest(
        name,
        types,
        List.of(resolver),
        dnsClass,
        protocol,
        recursionDesired,
        checkingDisabled,
        dnssecOk,
        edns,
        validate,
        cache,
        timeoutMs,
        retries);
  }
}
