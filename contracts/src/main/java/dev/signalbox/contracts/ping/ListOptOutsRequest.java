package dev.signalbox.contracts.ping;

/**
 * Asks for opt-outs.
 *
 * @param after the id after which to begin; 0 for the first
 * @param limit how many at most, 1 to 10,000
 */
public record ListOptOutsRequest(long after, int limit) {}
