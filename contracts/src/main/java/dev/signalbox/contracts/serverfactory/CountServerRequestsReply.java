package dev.signalbox.contracts.serverfactory;

/**
 * How many requests were meant.
 *
 * @param count of the requests kept
 * @param forgotten how many requests are no longer kept, or were never: above 0 the count may be
 *     too low
 */
public record CountServerRequestsReply(long count, long forgotten) {}
