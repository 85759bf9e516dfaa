package dev.signalbox.contracts.dns;

import org.jspecify.annotations.Nullable;

/**
 * A server that a step of a trace tried.
 *
 * @param name of the server, with the final dot; its address when the client named it by that
 * @param address {@code address:port}; null when the name has no address that is known
 * @param protocol how it was asked: {@code udp}, or {@code tcp} after a truncated response
 * @param rcode response code by name; null without a response
 * @param elapsedMs from sending the query to the response or its failure, milliseconds; null when
 *     nothing was sent
 * @param errorCode why the next server was tried: {@code TIMEOUT}, {@code CONNECT}, {@code
 *     PROTOCOL}, {@code OVERLOADED}, {@code LIMIT_REACHED} (the trace or its task may do no more),
 *     {@code BLOCKED_TARGET} (the operator forbids the address), {@code DNS} (no address, or a
 *     response code that is no answer), {@code LAME} (not an authority for the zone) or {@code
 *     CANCELLED}; null when its response was used
 * @param error the same as a sentence; null when the response was used
 */
public record DnsTraceServer(
    String name,
    @Nullable String address,
    String protocol,
    @Nullable String rcode,
    @Nullable Double elapsedMs,
    @Nullable String errorCode,
    @Nullable String error) {}
