package dev.signalbox.contracts.code;

/** Asks whether the log is as it was written. */
public record VerifyMessagesRequest() {}
