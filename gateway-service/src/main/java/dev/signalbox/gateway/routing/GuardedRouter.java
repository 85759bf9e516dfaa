package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * vertx-web's {@link Router} for one section. Every route is made here, so that none is without
 * rules and none without its guards; what is returned is vertx-web's own {@link Route}, to which
 * the section adds its handler.
 */
public final class GuardedRouter {

  /** The routes of one path. */
  private static final class Path {
    private final Set<HttpMethod> methods = new LinkedHashSet<>();
    private final RouteRules rules;

    private Path(RouteRules rules) {
      this.rules = rules;
    }
  }

  private final Router router;
  private final List<Handler<RoutingContext>> guards;
  private final Map<String, Path> paths = new LinkedHashMap<>();

  /**
   * A router to fill.
   *
   * @param router vertx-web's
   * @param guards run before the handler of every route, in this order
   */
  public GuardedRouter(Router router, List<Handler<RoutingContext>> guards) {
    this.router = router;
    this.guards = List.copyOf(guards);
  }

  /** GET, and HEAD unless the call changes something, which a HEAD must not. */
  public Route get(String path, RouteRules rules) {
    return rules.effect() == RouteRules.Effect.CHANGES
        ? route(path, rules, HttpMethod.GET)
        : route(path, rules, HttpMethod.GET, HttpMethod.HEAD);
  }

  /** POST. */
  public Route post(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.POST);
  }

  /** PUT. */
  public Route put(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.PUT);
  }

  /** PATCH. */
  public Route patch(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.PATCH);
  }

  /** DELETE. */
  public Route delete(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.DELETE);
  }

  private Route route(String path, RouteRules rules, HttpMethod... methods) {
    Path known = paths.computeIfAbsent(path, _ -> new Path(rules));
    Route route = router.route(path);
    for (HttpMethod method : methods) {
      if (!known.methods.add(method)) {
        throw new IllegalStateException("two routes for " + method + " " + path);
      }
      route.method(method);
    }
    MountedRoute mounted = new MountedRoute(List.of(methods), MountedRoute.template(path), rules);
    route.putMetadata(MountedRoute.METADATA, mounted);
    route.handler(ctx -> {
      RequestScope.of(ctx).matched(mounted);
      ctx.next();
    });
    guards.forEach(route::handler);
    return route;
  }

  /**
   * Answers what no route of a path takes: OPTIONS with 204, other methods with 405, both with
   * Allow (RFC 9110 sections 9.3.7 and 15.5.6). To be called when every route is mounted, and not
   * where another router has the other methods.
   */
  public void closePaths() {
    paths.forEach((path, known) -> {
      String allow =
          known.methods.stream().map(HttpMethod::name).collect(Collectors.joining(", "))
              + ", OPTIONS";
      router
          .route(path)
          .handler(ctx -> {
            RequestScope.of(ctx).found(known.rules);
            if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
              ctx.response().setStatusCode(204).putHeader(HttpHeaderNames.ALLOW, allow).end();
            } else {
              ctx.fail(HttpException.methodNotAllowed(allow));
            }
          });
    });
  }
}
