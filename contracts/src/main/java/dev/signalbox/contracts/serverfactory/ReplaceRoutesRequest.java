package dev.signalbox.contracts.serverfactory;

/**
 * Replaces all routes of a server; its connections stay open.
 *
 * @param server its UUID or its name
 * @param routes JSON text: an array of routes, or an object with {@code routes}, {@code wiremock}
 *     or {@code openapi}
 */
public record ReplaceRoutesRequest(String server, String routes) {}
