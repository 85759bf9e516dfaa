package dev.signalbox.gateway.route;

import dev.signalbox.gateway.fault.FaultShape;
import java.util.List;

/** What a table has for a request. */
public sealed interface RouteMatch {

  /** Nothing at all. */
  RouteMatch NOTHING = new Nothing();

  /**
   * A route.
   *
   * @param values raw text of the parameters in the order of the template
   */
  record Found(Route route, List<String> values) implements RouteMatch {}

  /** The path is there, the method is not. */
  record WrongMethod(String allow, FaultShape faults) implements RouteMatch {}

  /** Nothing, below a prefix that belongs to one face. */
  record Reserved(FaultShape faults) implements RouteMatch {}

  /** Nothing, and nobody's. */
  record Nothing() implements RouteMatch {}
}
