package dev.signalbox.contracts.ping;

/**
 * Sets a status by hand.
 *
 * @param index the task
 * @param status the new status
 * @param force also when the task is in progress
 */
public record ReviseTaskRequest(int index, TaskStatus status, boolean force) {}
