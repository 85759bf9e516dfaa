package dev.signalbox.contracts.serverfactory;

import java.util.List;

/**
 * A server and what it answers.
 *
 * @param server the server
 * @param definition JSON text as in {@link StartServerRequest}, without private keys; what was
 *     imported stands there as routes
 * @param notes what an import did not understand, each with its place; empty for none
 */
public record DescribeServerReply(ServerInfo server, String definition, List<String> notes) {}
