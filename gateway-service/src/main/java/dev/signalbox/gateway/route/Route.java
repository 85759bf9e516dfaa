package dev.signalbox.gateway.route;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.FaultShape;
import io.vertx.core.http.HttpMethod;

/**
 * One method at one path.
 *
 * @param method the method; GET serves HEAD too unless HEAD has its own route
 * @param template path of literal segments, {@code {name}} for one segment and, last, {@code
 *     {name...}} for all that follow
 * @param role what the caller must be allowed to do
 * @param faults how faults are worded
 * @param body what becomes of the request's body
 * @param admitted whether the request counts against the bound of requests in flight; false only
 *     for what must answer under overload
 * @param handler the work
 */
public record Route(
    HttpMethod method,
    String template,
    Role role,
    FaultShape faults,
    BodyRule body,
    boolean admitted,
    RouteHandler handler) {

  private static final BodyRule IGNORED = new BodyRule.Ignored();
  private static final BodyRule WHOLE = new BodyRule.Whole(0);

  /** A route without a body. */
  public static Route get(String template, Role role, FaultShape faults, RouteHandler handler) {
    return new Route(HttpMethod.GET, template, role, faults, IGNORED, true, handler);
  }

  /** A route whose body is ignored. */
  public static Route delete(String template, Role role, FaultShape faults, RouteHandler handler) {
    return new Route(HttpMethod.DELETE, template, role, faults, IGNORED, true, handler);
  }

  /** A route whose body is read whole, up to the configured limit. */
  public static Route post(String template, Role role, FaultShape faults, RouteHandler handler) {
    return new Route(HttpMethod.POST, template, role, faults, WHOLE, true, handler);
  }

  /** A route whose body is read whole, up to the configured limit. */
  public static Route with(
      HttpMethod method, String template, Role role, FaultShape faults, RouteHandler handler) {
    return new Route(method, template, role, faults, WHOLE, true, handler);
  }

  /** The same with another rule for the body. */
  public Route body(BodyRule rule) {
    return new Route(method, template, role, faults, rule, admitted, handler);
  }

  /** The same, answered under overload too. */
  public Route always() {
    return new Route(method, template, role, faults, body, false, handler);
  }
}
