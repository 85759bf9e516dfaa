package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.Binary;

/**
 * A question as a client of DNS over HTTPS sends it.
 *
 * @param message a DNS message (RFC 1035 section 4), 12 to 65,535 bytes
 */
public record DnsExchangeRequest(Binary message) {}
