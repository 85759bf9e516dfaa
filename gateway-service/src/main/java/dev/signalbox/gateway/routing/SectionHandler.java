package dev.signalbox.gateway.routing;

import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Hands a request to the sub-router of its section, which the first segment of its path tells
 * (after {@code /api/v1}, the second). vertx-web tries routes one by one: with every section on a
 * route {@code /*}, a request for a file would be compared with a hundred paths.
 */
public final class SectionHandler implements Handler<RoutingContext> {

  private static final String API = "/api/v1/";

  private final Map<String, Router> sections = new HashMap<>();

  /**
   * Adds a section.
   *
   * @throws IllegalStateException when another section has a path with the same first segment
   */
  public void add(Router section) {
    for (MountedRoute route : MountedRoute.of(section)) {
      String segment = firstSegment(route.template());
      Router present = sections.putIfAbsent(segment, section);
      if (present != null && !present.equals(section)) {
        throw new IllegalStateException("two sections have paths below " + segment);
      }
    }
  }

  @Override
  public void handle(RoutingContext ctx) {
    String path = ctx.normalizedPath();
    Router section = sections.get(firstSegment(path));
    if (section == null && !path.equals(ctx.request().path())) {
      // A path such as /api/v1/files/../x is for the section to refuse that it names first.
      section = sections.get(firstSegment(Requests.rawPath(ctx)));
    }
    if (section == null) {
      ctx.next();
    } else {
      section.handleContext(ctx);
    }
  }

  /** The routers of all sections. */
  Set<Router> routers() {
    return new LinkedHashSet<>(sections.values());
  }

  private static String firstSegment(String path) {
    int end = path.indexOf('/', path.startsWith(API) ? API.length() : 1);
    return end < 0 ? path : path.substring(0, end);
  }
}
