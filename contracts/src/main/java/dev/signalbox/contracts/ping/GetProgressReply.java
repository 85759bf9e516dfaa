package dev.signalbox.contracts.ping;

/**
 * How far the census is.
 *
 * @param total tasks in the ledger
 * @param available tasks of status 0
 * @param inProgress tasks of status 1
 * @param done tasks of status 2
 * @param error tasks of status 3
 * @param answered addresses that answered, over all done tasks
 * @param donePerMinute tasks done within the last minute
 * @param donePerHour tasks done within the last hour
 * @param round the current round, from 1; 0 from replicas that know no rounds
 * @param paceMs how long {@code donePerHour} took: since the first of them, 60,000 to 3,600,000; 0
 *     without any
 * @param checks tasks given out a second time, whose results will be compared
 */
public record GetProgressReply(
    int total,
    int available,
    int inProgress,
    int done,
    int error,
    long answered,
    int donePerMinute,
    int donePerHour,
    long paceMs,
    int round,
    int checks) {}
