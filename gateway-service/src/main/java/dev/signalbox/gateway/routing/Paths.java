package dev.signalbox.gateway.routing;

import io.vertx.ext.web.RoutingContext;
import java.util.Objects;

/** Parts of a request's path. */
public final class Paths {

  private Paths() {}

  /** A parameter of the route's path, decoded. */
  public static String parameter(RoutingContext ctx, String name) {
    return Objects.requireNonNull(ctx.pathParam(name), name);
  }

  /** The path as it came, not decoded, without the query. */
  public static String raw(RoutingContext ctx) {
    String path = ctx.request().path();
    return path == null || path.isEmpty() ? "/" : path;
  }
}
