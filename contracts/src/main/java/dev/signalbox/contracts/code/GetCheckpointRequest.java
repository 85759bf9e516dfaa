package dev.signalbox.contracts.code;

/** Asks for a signed statement of how the log stands. */
public record GetCheckpointRequest() {}
