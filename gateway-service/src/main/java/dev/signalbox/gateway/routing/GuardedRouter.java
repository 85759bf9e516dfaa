package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * vertx-web's {@link Router} for one section. It creates every route with its rules and guards and
 * returns vertx-web's {@link Route}, to which the section adds its handler.
 */
public final class GuardedRouter {

  private static final HttpMethod OTHERS = HttpMethod.valueOf("OTHER");

  /** The routes of one path. */
  private record Path(Set<HttpMethod> methods, RouteRules rules) {}

  private final Router router;
  private final List<Handler<RoutingContext>> guards;
  private final Handler<RoutingContext> closedGuard;
  private final Map<String, Path> paths = new LinkedHashMap<>();

  /** Paths with a route for every method. */
  private final Set<String> complete = new HashSet<>();

  /**
   * Wraps a router.
   *
   * @param guards run before the handler of every route, in this order
   * @param closedGuard runs before what {@link #closePaths} answers
   */
  public GuardedRouter(
      Router router, List<Handler<RoutingContext>> guards, Handler<RoutingContext> closedGuard) {
    this.router = router;
    this.guards = List.copyOf(guards);
    this.closedGuard = closedGuard;
  }

  /** Mounts GET, and HEAD unless the call changes something. */
  public Route get(String path, RouteRules rules) {
    return rules.effect() == RouteRules.Effect.CHANGES
        ? route(path, rules, HttpMethod.GET)
        : route(path, rules, HttpMethod.GET, HttpMethod.HEAD);
  }

  public Route post(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.POST);
  }

  public Route put(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.PUT);
  }

  public Route patch(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.PATCH);
  }

  public Route delete(String path, RouteRules rules) {
    return route(path, rules, HttpMethod.DELETE);
  }

  /**
   * Mounts the methods for which a path has no other route; mount it last of the path. The OpenAPI
   * description cannot name them.
   */
  public Route others(String path, RouteRules rules) {
    complete.add(path);
    Route route = router.route(path);
    guard(route, new MountedRoute(List.of(OTHERS), MountedRoute.template(path), rules));
    return route;
  }

  /** Mounts several methods with the same rules; the OpenAPI description names the first. */
  public Route route(String path, RouteRules rules, HttpMethod... methods) {
    Path known = paths.computeIfAbsent(path, _ -> new Path(new LinkedHashSet<>(), rules));
    Route route = router.route(path);
    for (HttpMethod method : methods) {
      if (!known.methods.add(method)) {
        throw new IllegalStateException("two routes for " + method + " " + path);
      }
      route.method(method);
    }
    MountedRoute mounted = new MountedRoute(List.of(methods), MountedRoute.template(path), rules);
    route.putMetadata(MountedRoute.METADATA, mounted);
    guard(route, mounted);
    return route;
  }

  private void guard(Route route, MountedRoute mounted) {
    Handler<RoutingContext> first = guards.getFirst();
    route.handler(ctx -> {
      RequestScope.of(ctx).setRoute(mounted);
      first.handle(ctx);
    });
    guards.stream().skip(1).forEach(route::handler);
  }

  /**
   * Answers the methods for which a path has no route: OPTIONS with 204, others with 405, both with
   * Allow (RFC 9110 sections 9.3.7 and 15.5.6). Call it after every route is mounted, and only when
   * no other router serves the same paths. Skips paths that take every method.
   */
  public void closePaths() {
    paths.forEach((path, known) -> {
      if (complete.contains(path)) {
        return;
      }
      Set<HttpMethod> allowed = new LinkedHashSet<>(known.methods);
      allowed.add(HttpMethod.OPTIONS);
      String allow = allowed.stream().map(HttpMethod::name).collect(Collectors.joining(", "));
      router
          .route(path)
          .handler(ctx -> {
            RequestScope.of(ctx).setPathRules(known.rules);
            closedGuard.handle(ctx);
          })
          .handler(ctx -> {
            if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
              ctx.response().setStatusCode(204).putHeader(HttpHeaderNames.ALLOW, allow).end();
            } else {
              ctx.fail(HttpException.methodNotAllowed(allow));
            }
          });
    });
  }
}
