package dev.signalbox.contracts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task to run. The call's deadline is how long it may take.
 *
 * @param taskName the name the client used: the type's name or an alias
 * @param params the client's parameters, JSON as maps, lists, strings, numbers, booleans and null;
 *     not yet checked
 * @param requester the token of the client; null without one that has a name, and from gateways
 *     that do not tell
 */
public record TaskRequest(
    String taskName, Map<String, @Nullable Object> params, @Nullable Requester requester) {

  /** A task that no token asks for. */
  public TaskRequest(String taskName, Map<String, @Nullable Object> params) {
    this(taskName, params, null);
  }
}
