package dev.signalbox.contracts.ping;

/**
 * Ends the current round and starts the next: every task is available again, leases are lost.
 *
 * @param current the round that is to end; when another one is current, nothing happens
 */
public record StartRoundRequest(int current) {}
