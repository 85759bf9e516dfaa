package dev.signalbox.serverfactory.serving;

import dev.signalbox.serverfactory.definition.Route;
import dev.signalbox.serverfactory.definition.RouteResponse;
import dev.signalbox.serverfactory.journal.RouteCounters;

/** A route in service: how far its sequence has come, and its counters. */
final class RouteState {

  private final Route route;
  private final RouteCounters counters;
  private int position;
  private int played;
  private long answered;

  RouteState(Route route) {
    this.route = route;
    this.counters = new RouteCounters();
  }

  /** The same route in a new definition, which may number it anew. */
  RouteState(Route route, RouteState before) {
    this.route = route;
    this.counters = before.counters;
    this.position = before.position;
    this.played = before.played;
    this.answered = before.answered;
  }

  Route route() {
    return route;
  }

  RouteCounters counters() {
    return counters;
  }

  /** The response to play now; the next one is that after it. */
  RouteResponse next() {
    answered++;
    if (route.responses().size() == 1) {
      return route.responses().getFirst();
    }
    RouteResponse response = route.responses().get(position);
    played++;
    if (played >= response.times()) {
      boolean last = position == route.responses().size() - 1;
      if (!last || route.cycle()) {
        position = last ? 0 : position + 1;
        played = 0;
      } else {
        played = response.times();
      }
    }
    return response;
  }

  /** How many responses were played since the start, the present one included. */
  long answered() {
    return answered;
  }

  /** Back to the first response. */
  void reset() {
    position = 0;
    played = 0;
    answered = 0;
  }
}
