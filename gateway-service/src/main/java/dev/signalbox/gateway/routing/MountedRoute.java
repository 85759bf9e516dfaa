package dev.signalbox.gateway.routing;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;

/**
 * A route as the description of the interface knows it.
 *
 * @param methods its methods; GET before HEAD
 * @param template its path, as in OpenAPI
 * @param rules what guards it
 */
public record MountedRoute(List<HttpMethod> methods, String template, RouteRules rules) {

  /** Its name among a route's metadata. */
  static final String METADATA = "signalbox.route";

  public MountedRoute {
    methods = List.copyOf(methods);
  }

  /** A path of vertx-web as a template of OpenAPI. */
  static String template(String path) {
    String named = path.replaceAll(":([A-Za-z_]+)", "{$1}");
    return named.endsWith("/*") ? named.substring(0, named.length() - 1) + "{path}" : named;
  }

  /**
   * Every route of a router and the routers mounted on it.
   *
   * @throws IllegalStateException when one that has a method has no rules
   */
  public static List<MountedRoute> of(Router router) {
    List<MountedRoute> all = new ArrayList<>();
    for (Route route : router.getRoutes()) {
      MountedRoute mounted = route.getMetadata(METADATA);
      if (mounted != null) {
        all.add(mounted);
      } else if (route.methods() != null && !route.methods().isEmpty()) {
        throw new IllegalStateException("route " + route.getPath() + " has no rules");
      } else if (route.getSubRouter() != null) {
        all.addAll(of(route.getSubRouter()));
      }
    }
    return all;
  }
}
