package dev.signalbox.contracts.dns;

/**
 * Header flags of an answer (RFC 1035 section 4.1.1, RFC 4035 section 3).
 *
 * @param aa the server is an authority for the name
 * @param tc the message was cut short
 * @param rd recursion was asked for
 * @param ra recursion is offered
 * @param ad the resolver holds the data for authentic
 * @param cd the client asked the resolver not to check
 */
public record DnsFlags(boolean aa, boolean tc, boolean rd, boolean ra, boolean ad, boolean cd) {}
