package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/** Parts of a request's path. */
public final class Paths {

  private Paths() {}

  /**
   * A parameter of the route's path, decoded.
   *
   * @throws HttpException 400 unless well-formed UTF-8 without control characters
   */
  public static String parameter(RoutingContext ctx, String name) {
    String value = Objects.requireNonNull(ctx.pathParam(name), name);
    for (int i = 0; i < value.length(); i++) {
      // vertx-web decodes what is not UTF-8 as the replacement character.
      if (value.charAt(i) == '\ufffd' || Character.isISOControl(value.charAt(i))) {
        throw HttpException.malformed(
            "The path is not well-formed percent-encoded UTF-8 without control characters");
      }
    }
    return value;
  }

  /** The path as it came, not decoded, without the query. */
  public static String raw(RoutingContext ctx) {
    String path = ctx.request().path();
    return path == null || path.isEmpty() ? "/" : path;
  }
}
