package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * One run of the census.
 *
 * @param number from 1
 * @param startedAtEpochMs milliseconds since 1970-01-01 UTC
 * @param endedAtEpochMs the same; null for the current round
 * @param tasks tasks in it
 * @param done tasks that were done
 * @param answered addresses that answered
 */
public record Round(
    int number,
    long startedAtEpochMs,
    @Nullable Long endedAtEpochMs,
    int tasks,
    int done,
    long answered) {}
