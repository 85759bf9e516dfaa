package dev.signalbox.gateway.json;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.PreferenceHeaders;
import io.netty.handler.codec.http.HttpUtil;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.ParsedHeaderValues;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the headers Content-Type and Accept. */
public final class MediaTypes {

  private MediaTypes() {}

  /**
   * Requires a Content-Type of JSON. A missing Content-Type is an error too: a page of another site
   * can send a body without one, but needs a CORS preflight to send JSON.
   *
   * @throws HttpException 415
   */
  public static void requireJson(RoutingContext ctx) {
    String type = essence(ctx);
    if (type == null || !(type.equals("application/json") || type.endsWith("+json"))) {
      throw HttpException.unsupported("The Content-Type must be application/json");
    }
  }

  /** Content-Type in lower case without parameters; null without one. */
  public static @Nullable String essence(RoutingContext ctx) {
    String header = ctx.request().headers().get(HttpHeaders.CONTENT_TYPE);
    CharSequence type = header == null ? null : HttpUtil.getMimeType(header);
    return type == null ? null : type.toString().strip().toLowerCase(Locale.ROOT);
  }

  /** Whether Accept names this media type, not only a wildcard. */
  public static boolean accepts(RoutingContext ctx, String type) {
    return PreferenceHeaders.read(
        ctx,
        ParsedHeaderValues::accept,
        accepted ->
            accepted.stream()
                .anyMatch(media ->
                    media.weight() > 0 && media.mediaType().strip().equalsIgnoreCase(type)));
  }

  /**
   * Whether Accept names this media type and does not rather have JSON. Generated clients name
   * every type of the description, by the order in which it has them.
   */
  public static boolean prefersToJson(RoutingContext ctx, String type) {
    return PreferenceHeaders.read(
        ctx,
        ParsedHeaderValues::accept,
        // By descending weight, then as they came.
        accepted ->
            accepted.stream()
                .filter(media -> media.weight() > 0)
                .map(media -> media.mediaType().strip().toLowerCase(Locale.ROOT))
                .filter(media -> media.equals(type) || media.equals("application/json"))
                .findFirst()
                .filter(type::equals)
                .isPresent());
  }
}
