package dev.signalbox.serverfactory.definition;

import java.time.Duration;

/**
 * Another server that requests are forwarded to.
 *
 * @param tls whether it is spoken to over TLS
 * @param host name or address, as in a URL; an IPv6 address without brackets
 * @param port 1 to 65535
 * @param prefix of the target's paths: empty, or begins with a slash and does not end with one
 * @param record whether what it answers becomes a route
 * @param timeout for the whole response
 * @param preserveHost whether it gets the client's Host header instead of its own
 */
public record ProxyTarget(
    boolean tls,
    String host,
    int port,
    String prefix,
    boolean record,
    Duration timeout,
    boolean preserveHost) {}
