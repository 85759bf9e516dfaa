package dev.signalbox.contracts.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a resolver said by EDNS (RFC 6891).
 *
 * @param version EDNS version, 0 today
 * @param udpSize largest UDP message the resolver takes, bytes
 * @param dnssecOk the DO flag
 * @param nsid name server identifier (RFC 5001): its text when printable, otherwise hex; null when
 *     not sent
 * @param clientSubnet client subnet the answer holds for (RFC 7871); null when not sent
 * @param extendedErrors extended DNS errors (RFC 8914)
 * @param options every other option
 */
public record DnsEdns(
    int version,
    int udpSize,
    boolean dnssecOk,
    @Nullable String nsid,
    @Nullable Subnet clientSubnet,
    List<ExtendedError> extendedErrors,
    List<Option> options) {

  public DnsEdns {
    extendedErrors = List.copyOf(extendedErrors);
    options = List.copyOf(options);
  }

  /**
   * A client subnet.
   *
   * @param address address and source prefix length, such as {@code 192.0.2.0/24}
   * @param scope prefix length the answer holds for, 0 for all clients
   */
  public record Subnet(String address, int scope) {}

  /**
   * An extended error.
   *
   * @param code info code
   * @param name its meaning in words
   * @param text what the server adds; empty when it adds nothing
   */
  public record ExtendedError(int code, String name, String text) {}

  /**
   * An option without a place of its own.
   *
   * @param code option code
   * @param data content in hex
   */
  public record Option(int code, String data) {}
}
