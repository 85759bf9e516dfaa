package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.RouteRules;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other origins from what changes something: any page of the web can have a browser
 * send such a request to a service on this machine. Browsers say where a request comes from (Fetch
 * Metadata, W3C; Origin, RFC 6454); other clients send neither header. Another port is another
 * origin. Some classic calls change state by GET, which browsers also send ahead of time, and then
 * they say so too.
 */
public final class OriginHandler implements Handler<RoutingContext> {

  private static final CharSequence SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");
  private static final CharSequence PURPOSE = HttpHeaders.createOptimized("Sec-Purpose");

  private final Set<String> allowed;
  private final boolean secure;

  /**
   * A handler for a door.
   *
   * @param allowed origins that may besides the door's own, such as {@code https://example.com}
   * @param secure whether the door speaks TLS
   */
  public OriginHandler(Set<String> allowed, boolean secure) {
    this.allowed = Set.copyOf(allowed);
    this.secure = secure;
  }

  @Override
  public void handle(RoutingContext ctx) {
    RouteRules rules = RequestScope.of(ctx).rules();
    if (rules.effect() == RouteRules.Effect.READS) {
      ctx.next();
      return;
    }
    HttpException error = check(ctx.request(), rules.body());
    if (error != null) {
      ctx.fail(error);
      return;
    }
    // What a call that changes something answered must not answer the next.
    ctx.response().headers().set(HttpHeaders.CACHE_CONTROL, "no-store");
    ctx.next();
  }

  private static boolean isPrefetch(MultiMap headers) {
    String purpose = headers.get(PURPOSE);
    // Browsers before Sec-Purpose say Purpose.
    String older = headers.get("Purpose");
    return (purpose != null && purpose.contains("prefetch"))
        || (older != null && older.contains("prefetch"));
  }

  /**
   * Whether a page sends what any page can have a browser send without asking first: the media
   * types of forms (WHATWG Fetch, CORS-safelisted request-header).
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

  private @Nullable HttpException check(HttpServerRequest request, BodyRule body) {
    if (isPrefetch(request.headers())) {
      return HttpException.of(403, "PREFETCH", "This call changes something and is not prefetched");
    }
    String origin = request.headers().get(HttpHeaders.ORIGIN);
    String site = request.headers().get(SITE);
    if (origin != null) {
      if (!allowed.contains(origin) && !origin.equalsIgnoreCase(own(request))) {
        return HttpException.of(403, "CROSS_ORIGIN", "A page of another origin may not do this");
      }
    } else if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return HttpException.of(403, "CROSS_SITE", "A page of another site may not do this");
    }
    return body instanceof BodyRule.Whole && isForm(request.headers())
        ? HttpException.unsupported("A page must send this as application/json")
        : null;
  }

  /** The origin of the pages of this door, under the name that the request has for it. */
  private String own(HttpServerRequest request) {
    String host = request.headers().get(HttpHeaders.HOST);
    if (host == null) {
      HostAndPort authority = request.authority();
      host = authority == null ? "" : authority.toString();
    }
    return (secure ? "https://" : "http://") + host;
  }
}
