package dev.signalbox.contracts.serverfactory;

/**
 * Asks for one server with its definition.
 *
 * @param server its UUID or its name
 */
public record DescribeServerRequest(String server) {}
