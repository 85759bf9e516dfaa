package dev.signalbox.dnsclient.transport;

/**
 * How much TCP and TLS may use.
 *
 * @param connectionsPerResolver connections over which the queries to one resolver are spread
 * @param connections connections in all
 * @param inFlightPerConnection queries under way on one connection
 * @param idleNanos after which an unused connection is closed
 */
public record StreamLimits(
    int connectionsPerResolver, int connections, int inFlightPerConnection, long idleNanos) {}
