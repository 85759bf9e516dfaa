package dev.signalbox.gateway.routing;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;

/** A route as the OpenAPI description names it: methods, with GET before HEAD, and template. */
public record MountedRoute(List<HttpMethod> methods, String template, RouteRules rules) {

  /** Key in the metadata of a vertx-web route. */
  static final String METADATA = "signalbox.route";

  /** Key of the {@link SectionHandler} among the metadata of its route. */
  public static final String SECTIONS = "signalbox.sections";

  public MountedRoute {
    methods = List.copyOf(methods);
  }

  /** Converts a vertx-web path to an OpenAPI template. */
  static String template(String path) {
    String named = path.replaceAll(":([A-Za-z_]+)", "{$1}");
    return named.endsWith("/*") ? named.substring(0, named.length() - 1) + "{path}" : named;
  }

  /**
   * Every route of a router and the routers mounted on it.
   *
   * @throws IllegalStateException when a route with a method has no rules
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
      } else {
        SectionHandler sections = route.getMetadata(SECTIONS);
        if (sections != null) {
          sections.routers().forEach(section -> all.addAll(of(section)));
        }
      }
    }
    return all;
  }
}
