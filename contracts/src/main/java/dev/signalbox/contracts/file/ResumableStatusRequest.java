package dev.signalbox.contracts.file;

/** Asks for the state of a resumable upload. */
public record ResumableStatusRequest(String id) {}
