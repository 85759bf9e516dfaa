package dev.signalbox.dnsclient.transport;

import dev.signalbox.contracts.dns.DnsTimings;

/**
 * An answer as it came.
 *
 * @param wire the message, its question as it was asked; not copied
 * @param caseKept false when the server repeated the name in another case than it was sent, so that
 *     its message may be a forger's
 * @param attempts messages sent until it came
 * @param timings where the time since the last of them went
 */
@SuppressWarnings("ArrayRecordComponent")
public record Received(byte[] wire, boolean caseKept, int attempts, DnsTimings timings) {}
