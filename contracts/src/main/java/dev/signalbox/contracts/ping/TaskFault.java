package dev.signalbox.contracts.ping;

/**
 * Something that went wrong with a task.
 *
 * @param id order of noting, from 1
 * @param taskIndex the task
 * @param error what, such as {@code length:5} or {@code Task timed out}
 * @param status where the task stands now
 * @param atEpochMs when, milliseconds since 1970-01-01 UTC
 */
public record TaskFault(long id, int taskIndex, String error, TaskStatus status, long atEpochMs) {}
