package dev.signalbox.gateway.json;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a body says it is. */
public final class MediaTypes {

  private MediaTypes() {}

  /**
   * Insists on JSON. A missing Content-Type is refused too: a page of another site can send a body
   * without one to a service on this machine, but cannot send JSON without asking first.
   *
   * @throws HttpException 415
   */
  public static void requireJson(RoutingContext ctx) {
    String type = essence(ctx);
    if (type == null || !(type.equals("application/json") || type.endsWith("+json"))) {
      throw HttpException.unsupported("The Content-Type must be application/json");
    }
  }

  /** Content-Type in lower case without parameters; null when there is none. */
  public static @Nullable String essence(RoutingContext ctx) {
    String header = ctx.request().headers().get(HttpHeaders.CONTENT_TYPE);
    if (header == null || header.isBlank()) {
      return null;
    }
    int semicolon = header.indexOf(';');
    return (semicolon < 0 ? header : header.substring(0, semicolon))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** Whether the client wants this media type and says so by name. */
  public static boolean accepts(RoutingContext ctx, String type) {
    String accept = ctx.request().headers().get(HttpHeaders.ACCEPT);
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(type);
  }
}
