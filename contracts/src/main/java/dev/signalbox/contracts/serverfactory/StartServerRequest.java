package dev.signalbox.contracts.serverfactory;

import dev.signalbox.contracts.Requester;
import org.jspecify.annotations.Nullable;

/**
 * A server to start.
 *
 * @param port 1024 to 65535, or 0 for a free one of the configured range
 * @param pageUri the path of its page, beginning with a slash; empty when the definition has routes
 * @param responseData the body it answers there
 * @param idempotencyKey when given, the same key and request within a day starts one server
 * @param definition JSON text of an object with the other fields of a server ({@code name, routes,
 *     expires_in_s, tls, cors, proxy, …}), read by the service; null for none
 * @param requester the token that makes it; null without one that has a name, and from gateways
 *     that do not tell
 */
public record StartServerRequest(
    int port,
    String pageUri,
    String responseData,
    @Nullable String idempotencyKey,
    @Nullable String definition,
    @Nullable Requester requester) {

  /** A server that no token makes. */
  public StartServerRequest(
      int port,
      String pageUri,
      String responseData,
      @Nullable String idempotencyKey,
      @Nullable String definition) {
    this(port, pageUri, responseData, idempotencyKey, definition, null);
  }

  /** The same server, made by a token. */
  public StartServerRequest by(@Nullable Requester token) {
    return new StartServerRequest(port, pageUri, responseData, idempotencyKey, definition, token);
  }

  /** Without the definition, which may hold a private key. */
  @Override
  public String toString() {
    return "StartServerRequest[port=" + port + ", pageUri=" + pageUri + "]";
  }
}
