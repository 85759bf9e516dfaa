package dev.signalbox.contracts.dns;

import org.jspecify.annotations.Nullable;

/**
 * Where the time of an attempt went, milliseconds; a phase that did not occur is null, as on a
 * connection used again.
 *
 * @param connect to connect; with {@code https}, the TLS handshake is part of it
 * @param tls the TLS handshake, where it can be measured separately
 * @param query from sending the question to the whole answer
 */
public record DnsTimings(@Nullable Double connect, @Nullable Double tls, double query) {}
