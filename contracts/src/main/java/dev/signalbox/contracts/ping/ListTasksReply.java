package dev.signalbox.contracts.ping;

import java.util.List;

/**
 * A page of tasks.
 *
 * @param tasks in the order of their indices
 * @param more whether there are tasks after the last one here
 */
public record ListTasksReply(List<TaskRow> tasks, boolean more) {}
