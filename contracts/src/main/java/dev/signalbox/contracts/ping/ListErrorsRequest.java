package dev.signalbox.contracts.ping;

/**
 * Asks for a page of errors.
 *
 * @param after only those with a higher id; 0 for the first page
 * @param limit at most so many, 1 to 10,000
 */
public record ListErrorsRequest(long after, int limit) {}
