package dev.signalbox.contracts.ping;

/** Asks for the names on the map. */
public record ListMapLabelsRequest() {}
