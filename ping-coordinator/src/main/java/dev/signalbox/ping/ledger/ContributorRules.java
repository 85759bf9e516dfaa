package dev.signalbox.ping.ledger;

/**
 * What contributors may do, and how far they are believed.
 *
 * @param maxLeased tasks that one contributor may hold
 * @param maxLeasedPerAddress tasks that workers without a contributor may hold from one address
 * @param newNamesPerAddress new contributors from one address within a day
 * @param checkPercent share of results that another contributor repeats, in percent; 0 for none
 * @param churnPercent share of the answering addresses that may differ between two results
 */
public record ContributorRules(
    int maxLeased,
    int maxLeasedPerAddress,
    int newNamesPerAddress,
    int checkPercent,
    int churnPercent) {}
