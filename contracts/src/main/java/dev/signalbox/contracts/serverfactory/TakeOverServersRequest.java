package dev.signalbox.contracts.serverfactory;

import java.util.List;

/**
 * Offers servers to another instance.
 *
 * @param node of the instance that offers; it listens until it has the reply
 * @param serverIds UUIDs of servers that it owns
 */
public record TakeOverServersRequest(String node, List<String> serverIds) {}
