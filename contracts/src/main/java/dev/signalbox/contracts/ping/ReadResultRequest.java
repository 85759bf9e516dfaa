package dev.signalbox.contracts.ping;

/**
 * Asks for a result.
 *
 * @param index the task
 */
public record ReadResultRequest(int index) {}
