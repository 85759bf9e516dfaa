package dev.signalbox.contracts.ping;

/** Asks for the highest available task. */
public record LatestTaskRequest() {}
