package dev.signalbox.contracts.ping;

/** Asks for all rounds. */
public record ListRoundsRequest() {}
