package dev.signalbox.gateway.route;

import dev.signalbox.gateway.fault.FaultShape;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every route, found by one hash look-up for a path without parameters and by a walk along the
 * segments for the others, however many routes there are. Immutable; shared by all event loops.
 */
public final class RouteTable {

  private final List<Route> routes;
  private final Map<String, PathMethods> exact;
  private final PathNode root;

  private RouteTable(List<Route> routes, Map<String, PathMethods> exact, PathNode root) {
    this.routes = List.copyOf(routes);
    this.exact = Map.copyOf(exact);
    this.root = root;
  }

  /** An empty table to fill. */
  public static Builder builder() {
    return new Builder();
  }

  /** All routes in the order they were added: what the interface description must equal. */
  public List<Route> routes() {
    return routes;
  }

  /**
   * Finds the route of a request. Literal segments go before parameters, parameters before rests.
   *
   * @param path as in the request line, not decoded
   */
  public RouteMatch find(HttpMethod method, String path) {
    PathMethods methods = exact.get(path);
    if (methods != null) {
      return methods.match(method, List.of());
    }
    var values = new ArrayList<String>(4);
    PathMethods found = root.find(path, path.startsWith("/") ? 1 : 0, values);
    return found == null ? RouteMatch.NOTHING : found.match(method, values);
  }

  /** Collects routes. */
  public static final class Builder {

    private final List<Route> routes = new ArrayList<>();
    private final Map<String, PathMethods> exact = new HashMap<>();
    private final PathNode root = new PathNode();

    private Builder() {}

    /** Adds what a section adds. */
    public Builder add(Routes section) {
      section.addTo(this);
      return this;
    }

    /** Adds a route; two for one method and path are a defect. */
    public Builder add(Route route) {
      routes.add(route);
      if (route.template().indexOf('{') < 0) {
        exact.computeIfAbsent(route.template(), _ -> new PathMethods()).add(route);
      } else {
        root.add(route);
      }
      return this;
    }

    /**
     * Keeps every path below a prefix from routes that take any path: what is not there is 404.
     *
     * @param prefix such as {@code /api/}, ending in a slash
     */
    public Builder reserve(String prefix, FaultShape faults) {
      root.reserve(prefix + "{path...}", faults);
      return this;
    }

    /** The table. */
    public RouteTable build() {
      return new RouteTable(routes, exact, root);
    }
  }

  /** The methods of one path. */
  static final class PathMethods {

    private final List<RouteMatch.Found> found = new ArrayList<>(2);
    private final @Nullable FaultShape reserved;

    PathMethods() {
      this(null);
    }

    PathMethods(@Nullable FaultShape reserved) {
      this.reserved = reserved;
    }

    void add(Route route) {
      for (RouteMatch.Found other : found) {
        if (other.route().method().equals(route.method())) {
          throw new IllegalStateException(
              "two routes for " + route.method() + " " + route.template());
        }
      }
      found.add(new RouteMatch.Found(route, List.of()));
    }

    RouteMatch match(HttpMethod method, List<String> values) {
      RouteMatch.Found get = null;
      for (RouteMatch.Found candidate : found) {
        HttpMethod own = candidate.route().method();
        if (own.equals(method)) {
          return with(candidate, values);
        }
        if (own.equals(HttpMethod.GET)) {
          get = candidate;
        }
      }
      if (get != null && method.equals(HttpMethod.HEAD)) {
        return with(get, values);
      }
      if (found.isEmpty()) {
        return reserved == null ? RouteMatch.NOTHING : new RouteMatch.Reserved(reserved);
      }
      return new RouteMatch.WrongMethod(allow(), found.getFirst().route().faults());
    }

    private static RouteMatch with(RouteMatch.Found candidate, List<String> values) {
      return values.isEmpty() ? candidate : new RouteMatch.Found(candidate.route(), values);
    }

    private String allow() {
      var methods = new ArrayList<String>();
      for (RouteMatch.Found candidate : found) {
        String name = candidate.route().method().name();
        methods.add(name);
        if (name.equals("GET")) {
          methods.add("HEAD");
        }
      }
      return String.join(", ", methods.stream().distinct().toList());
    }
  }
}
