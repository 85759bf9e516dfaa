package dev.signalbox.contracts.ping;

/**
 * A task to add.
 *
 * @param status AVAILABLE or IN_PROGRESS
 */
public record AddTaskRequest(TaskStatus status) {}
