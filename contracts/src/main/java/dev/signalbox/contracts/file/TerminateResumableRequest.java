package dev.signalbox.contracts.file;

/** Removes a resumable upload. */
public record TerminateResumableRequest(String id) {}
