package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;

/**
 * Rejects calls that change something when they come from pages of other origins: any page can make
 * a browser send requests to this machine. Browsers state the origin of a request (Fetch Metadata,
 * W3C; Origin, RFC 6454); other clients send neither header. Another port is another origin. Some
 * classic calls change state by GET, which browsers may prefetch; a prefetch states its purpose.
 */
public final class OriginRule implements RequestRule {

  private static final CharSequence SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence PURPOSE = HttpHeaders.createOptimized("Sec-Purpose");

  private final Set<String> allowed;

  /** Allows origins besides the door's own, such as {@code https://example.com}. */
  public OriginRule(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  @Override
  public void check(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    RouteRules rules = scope.rules();
    if (rules.effect() == RouteRules.Effect.CHANGES) {
      check(ctx.request(), scope.client(), rules.body());
      // A cache must not answer a later call.
      ctx.response().headers().set(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }
  }

  /** Whether a browser says that a page of another site, or of another origin, made it ask. */
  static boolean ofAnotherSite(MultiMap headers) {
    String site = headers.get(SITE);
    return site != null && !site.equals("same-origin") && !site.equals("none");
  }

  private static boolean isPrefetch(MultiMap headers) {
    String purpose = headers.get(PURPOSE);
    // The older name of Sec-Purpose.
    String older = headers.get("Purpose");
    return (purpose != null && purpose.contains("prefetch"))
        || (older != null && older.contains("prefetch"));
  }

  /**
   * Whether a page sends a media type of forms, which needs no CORS preflight (WHATWG Fetch,
   * CORS-safelisted request-header).
   */
  private static boolean isForm(MultiMap headers) {
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    if (type == null || (!headers.contains(HttpHeaders.ORIGIN) && !headers.contains(SITE))) {
      return false;
    }
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.startsWith("text/plain")
        || lower.startsWith("application/x-www-form-urlencoded")
        || lower.startsWith("multipart/");
  }

  private void check(HttpServerRequest request, ClientAddress client, BodyRule body) {
    if (isPrefetch(request.headers())) {
      throw HttpException.of(
          403, "PREFETCH", "This call changes something and must not be prefetched");
    }
    String origin = request.headers().get(HttpHeaders.ORIGIN);
    if (origin != null) {
      if (!allowed.contains(origin) && !origin.equalsIgnoreCase(own(request, client))) {
        throw HttpException.of(403, "CROSS_ORIGIN", "Pages of other origins may not use this call");
      }
    } else if (ofAnotherSite(request.headers())) {
      throw HttpException.of(403, "CROSS_SITE", "Pages of other sites may not use this call");
    }
    if (body instanceof BodyRule.Whole && isForm(request.headers())) {
      throw HttpException.unsupported("Pages must send this call as application/json");
    }
  }

  /** The origin of this door's pages, by the host name that the client called. */
  private static String own(HttpServerRequest request, ClientAddress client) {
    String host = client.authority();
    if (host == null) {
      host = request.headers().get(HttpHeaders.HOST);
    }
    if (host == null) {
      HostAndPort authority = request.authority();
      host = authority == null ? "" : authority.toString();
    }
    return (client.secure() ? "https://" : "http://") + host;
  }
}
