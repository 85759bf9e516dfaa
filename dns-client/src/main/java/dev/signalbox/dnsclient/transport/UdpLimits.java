package dev.signalbox.dnsclient.transport;

/**
 * How much UDP may use.
 *
 * @param socketsPerResolver sockets, each with a random source port, over which the queries to one
 *     resolver are spread
 * @param sockets sockets in all
 * @param inFlightPerSocket queries under way on one socket; far below 65,536, so that a free random
 *     id is found at once
 * @param unprovenPerResolver queries under way to a resolver of which nothing is known yet, or only
 *     that it does not keep up
 * @param waitingPerResolver queries that wait until a resolver keeps up with those under way
 * @param lifetimeNanos after which a socket, and with it the source port, is replaced
 * @param mixedCase whether the name's letters are sent in random case
 */
public record UdpLimits(
    int socketsPerResolver,
    int sockets,
    int inFlightPerSocket,
    int unprovenPerResolver,
    int waitingPerResolver,
    long lifetimeNanos,
    boolean mixedCase) {

  /** Queries that the receive buffer of any server holds by default, with some to spare. */
  public static final int ANY_SERVER = 128;
}
