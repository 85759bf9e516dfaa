package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * A task in the ledger.
 *
 * @param index from 0; a census of IPv4 has 0 to 65535
 * @param status where it stands
 * @param worker worker that holds or did it; null for none
 * @param expiresAtEpochMs when its lease ends, milliseconds since 1970-01-01 UTC; null without a
 *     lease
 * @param answered addresses that answered; null unless done
 * @param updatedAtEpochMs last change of status, milliseconds since 1970-01-01 UTC
 * @param share part of the task its worker says is done, 0 to 1; null when it has not said
 */
public record TaskRow(
    int index,
    TaskStatus status,
    @Nullable String worker,
    @Nullable Long expiresAtEpochMs,
    @Nullable Integer answered,
    long updatedAtEpochMs,
    @Nullable Double share) {}
