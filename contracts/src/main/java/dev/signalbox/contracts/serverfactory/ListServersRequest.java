package dev.signalbox.contracts.serverfactory;

/** Asks for all servers. */
public record ListServersRequest() {}
