package dev.signalbox.contracts.serverfactory;

import java.util.List;

/**
 * A server and what it answers.
 *
 * @param server the server
 * @param definition JSON text of an object as in {@link StartServerRequest}, with {@code page_uri}
 *     and {@code response_data} when it has a page, without private keys; what was imported stands
 *     there as routes
 * @param notes what an import did not understand, each with its place; empty for none
 */
public record DescribeServerReply(ServerInfo server, String definition, List<String> notes) {}
