package dev.signalbox.contracts.serverfactory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server and what it answers.
 *
 * @param server the server
 * @param definition JSON text of an object as in {@link StartServerRequest}, with {@code page_uri}
 *     and {@code response_data} when it has a page, without private keys; what was imported stands
 *     there as routes
 * @param notes what an import did not understand, each with its place; empty for none
 * @param definitionError why nobody can listen for the server: what storage has for it cannot be
 *     read, or does not fit in memory; the definition is what can be shown of it. Null when it can,
 *     and from replicas that do not tell
 */
public record DescribeServerReply(
    ServerInfo server, String definition, List<String> notes, @Nullable String definitionError) {

  /** A server whose definition can be read. */
  public DescribeServerReply(ServerInfo server, String definition, List<String> notes) {
    this(server, definition, notes, null);
  }
}
