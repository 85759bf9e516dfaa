package dev.signalbox.contracts.ping;

/**
 * Names a task.
 *
 * @param index its index
 */
public record GetTaskRequest(int index) {}
