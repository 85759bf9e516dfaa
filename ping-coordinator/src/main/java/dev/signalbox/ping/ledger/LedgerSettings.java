package dev.signalbox.ping.ledger;

import java.time.Duration;

/**
 * What the ledger needs to know.
 *
 * @param leaseTime how long a lease lasts without a heartbeat
 * @param sweepInterval how often ended leases are looked for
 * @param includeSpecialPurpose whether special-purpose blocks are tasks too
 * @param firstTask lowest index the ledger is filled with
 * @param initialTasks how many tasks it is filled with at most
 * @param maxTasks how many tasks there may be, added ones included
 * @param maxErrors how many errors are kept, the newest
 * @param maxRatePps packets per second a worker may send at most
 * @param contributors what contributors may do
 */
public record LedgerSettings(
    Duration leaseTime,
    Duration sweepInterval,
    boolean includeSpecialPurpose,
    int firstTask,
    int initialTasks,
    int maxTasks,
    int maxErrors,
    int maxRatePps,
    ContributorRules contributors) {}
