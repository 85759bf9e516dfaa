package dev.signalbox.contracts.dns;

import dev.signalbox.contracts.Binary;

/**
 * The answer to a question as it came.
 *
 * @param message a DNS message with the id of the request's
 * @param freshSeconds how long the answer may be kept: the smallest TTL of its answers, of the SOA
 *     for a negative one (RFC 8484 section 5.1), 0 when it may not
 */
public record DnsExchangeReply(Binary message, long freshSeconds) {}
