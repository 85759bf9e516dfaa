package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * A page of errors.
 *
 * @param errors oldest first
 * @param more whether there are errors after the last one here
 */
public record ListErrorsReply(List<TaskFault> errors, boolean more) {}
