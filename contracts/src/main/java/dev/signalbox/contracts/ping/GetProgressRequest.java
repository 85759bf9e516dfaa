package dev.signalbox.contracts.ping;

/** Asks how far the census is. */
public record GetProgressRequest() {}
