package dev.signalbox.dnsclient.dnssec;

/**
 * How much validation may use.
 *
 * @param inFlight validations under way
 * @param queries of one validation
 * @param threads that verify signatures
 */
public record ValidationLimits(int inFlight, int queries, int threads) {}
