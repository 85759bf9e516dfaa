package dev.signalbox.serverfactory.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server on demand.
 *
 * @param name unique in the cluster; null for none
 * @param page answered when no route matches; null for none
 * @param routes in the order of the definition
 * @param tls null for a server in the clear
 * @param http2 whether it speaks HTTP/2 beside HTTP/1.1
 * @param cors null when it says nothing of other origins
 * @param lax whether it takes requests without a Host header, or with two
 * @param proxy where requests go that neither a route nor the page matches; null for nowhere
 * @param seed makes random values repeatable; null for none
 * @param expiresInS seconds after which it stops by itself; null for never
 */
public record ServerDefinition(
    @Nullable String name,
    @Nullable Page page,
    List<Route> routes,
    @Nullable TlsSettings tls,
    boolean http2,
    @Nullable Cors cors,
    boolean lax,
    @Nullable ProxyTarget proxy,
    JournalSettings journal,
    @Nullable Long seed,
    @Nullable Long expiresInS) {

  public ServerDefinition {
    routes = List.copyOf(routes);
  }

  /** A server of one page and nothing else. */
  public static ServerDefinition of(Page page) {
    return new ServerDefinition(
        null, page, List.of(), null, true, null, false, null, JournalSettings.USUAL, null, null);
  }

  /** The same server with other routes. */
  public ServerDefinition withRoutes(List<Route> others) {
    return new ServerDefinition(
        name, page, others, tls, http2, cors, lax, proxy, journal, seed, expiresInS);
  }
}
