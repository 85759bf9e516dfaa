package dev.signalbox.contracts.ping;

/** Asks which tasks are in progress, all of them. */
public record ListInProgressRequest() {}
