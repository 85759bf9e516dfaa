package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerStatsReply.RouteStats;
import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.body.MatchBudget;
import dev.signalbox.serverfactory.definition.BodyMatch;
import dev.signalbox.serverfactory.definition.NearMissText;
import dev.signalbox.serverfactory.definition.PathMatch;
import dev.signalbox.serverfactory.definition.Route;
import dev.signalbox.serverfactory.definition.RouteMatch;
import dev.signalbox.serverfactory.definition.RouteMatch.NamedMatcher;
import dev.signalbox.serverfactory.definition.Scenario;
import dev.signalbox.serverfactory.serving.NearestRoute.Reasons;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a server in the order in which they are tried. Those with an exact path are looked
 * up by it, so that a thousand of them cost no more than one. Used from one event loop.
 */
final class RouteTable {

  /** Routes looked at for a near miss. */
  private static final int MAX_NEAR = 100;

  private record Ranked(int rank, RouteState state) {}

  private final List<RouteState> inOrder = new ArrayList<>();
  private final Map<String, List<Ranked>> byPath = new HashMap<>();
  private final List<Ranked> others = new ArrayList<>();
  private final Map<String, String> scenarios = new TreeMap<>();

  /**
   * A table of routes. A route that was in the table before goes on where it was, and so does a
   * scenario: one route more must not begin all stories again.
   */
  RouteTable(List<Route> routes, @Nullable RouteTable before) {
    Map<Object, Deque<RouteState>> known = new HashMap<>();
    if (before != null) {
      for (RouteState state : before.inOrder) {
        Object source = state.route().source();
        if (source != null) {
          known.computeIfAbsent(source, _ -> new ArrayDeque<>(1)).add(state);
        }
      }
    }
    for (Route route : routes) {
      Deque<RouteState> same = route.source() == null ? null : known.get(route.source());
      RouteState old = same == null ? null : same.poll();
      inOrder.add(old == null ? new RouteState(route) : new RouteState(route, old));
      Scenario scenario = route.scenario();
      if (scenario != null) {
        String state = before == null ? null : before.scenarios.get(scenario.name());
        scenarios.put(scenario.name(), state == null ? Scenario.STARTED : state);
      }
    }
    List<RouteState> ranked = new ArrayList<>(inOrder);
    ranked.sort(Comparator.comparing(RouteState::route, Route.ORDER));
    for (int rank = 0; rank < ranked.size(); rank++) {
      RouteState state = ranked.get(rank);
      (state.route().match().path() instanceof PathMatch.Exact(String path)
              ? byPath.computeIfAbsent(path, _ -> new ArrayList<>(1))
              : others)
          .add(new Ranked(rank, state));
    }
  }

  /**
   * The first route that a request matches; null when it matches none.
   *
   * @throws MatchBoundException when a comparison takes too much work
   */
  @Nullable RouteState find(ReceivedRequest request) throws MatchBoundException {
    List<Ranked> exact = byPath.getOrDefault(request.path(), List.of());
    int e = 0;
    int o = 0;
    while (e < exact.size() || o < others.size()) {
      boolean takeExact =
          o == others.size() || (e < exact.size() && exact.get(e).rank() < others.get(o).rank());
      RouteState state = (takeExact ? exact.get(e++) : others.get(o++)).state();
      if (matches(state.route(), request, !takeExact)) {
        return state;
      }
    }
    return null;
  }

  /** The scenario of a route that is played goes on. */
  void played(RouteState state) {
    Scenario scenario = state.route().scenario();
    if (scenario != null && scenario.newState() != null) {
      scenarios.put(scenario.name(), scenario.newState());
    }
  }

  private boolean matches(Route route, ReceivedRequest request, boolean testPath)
      throws MatchBoundException {
    RouteMatch match = route.match();
    return match.takes(request.method())
        && (!testPath || match.path().test(request.path(), request.budget()))
        && isInState(route)
        && headersMatch(match.headers(), request)
        && (match.query().isEmpty() || matches(match.query(), request.query(), request.budget()))
        && (match.cookies().isEmpty()
            || matches(match.cookies(), request.cookies(), request.budget()))
        && bodyMatches(match.body(), request);
  }

  private boolean isInState(Route route) {
    Scenario scenario = route.scenario();
    return scenario == null
        || scenario.state() == null
        || scenario.state().equals(scenarios.get(scenario.name()));
  }

  private static boolean headersMatch(List<NamedMatcher> wanted, ReceivedRequest request)
      throws MatchBoundException {
    for (NamedMatcher header : wanted) {
      if (!header.matcher().test(request.header(header.name()), request.budget())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(
      List<NamedMatcher> wanted, Map<String, List<String>> values, MatchBudget budget)
      throws MatchBoundException {
    for (NamedMatcher named : wanted) {
      if (!named.matcher().test(values.getOrDefault(named.name(), List.of()), budget)) {
        return false;
      }
    }
    return true;
  }

  private static boolean bodyMatches(List<BodyMatch> wanted, ReceivedRequest request)
      throws MatchBoundException {
    for (BodyMatch condition : wanted) {
      if (condition.miss(request.content(), request.budget()) != null) {
        return false;
      }
    }
    return true;
  }

  /**
   * The route that a request came nearest to, of the first {@value #MAX_NEAR}: the one with the
   * fewest reasons, where a wrong path is as much as three others. Null when there is none, or when
   * the budget of the request, of which {@link #find} took its part, does not suffice.
   */
  @Nullable NearestRoute nearest(ReceivedRequest request) {
    Route nearest = null;
    Reasons reasons = new Reasons();
    int least = Integer.MAX_VALUE;
    for (RouteState state : inOrder.subList(0, Math.min(MAX_NEAR, inOrder.size()))) {
      Reasons found = new Reasons();
      int distance = distance(state.route(), request, found, least);
      if (request.budget().isSpent()) {
        // Routes that were not compared may be nearer.
        return null;
      }
      if (distance < least) {
        least = distance;
        nearest = state.route();
        reasons = found;
      }
    }
    return nearest == null ? null : reasons.of(nearest);
  }

  private int distance(Route route, ReceivedRequest request, Reasons reasons, int least) {
    RouteMatch match = route.match();
    try {
      int distance = 0;
      if (!match.path().test(request.path(), request.budget())) {
        reasons.add(
            "path is "
                + NearMissText.shown(request.path())
                + ", not "
                + NearMissText.shown(match.path().describe()));
        distance += 3;
      }
      if (!match.takes(request.method())) {
        reasons.add(
            "method is "
                + NearMissText.shown(request.method())
                + ", not "
                + String.join(" or ", match.methods()));
      }
      Scenario scenario = route.scenario();
      if (scenario != null && !isInState(route)) {
        reasons.add(
            "scenario "
                + scenario.name()
                + " is in state "
                + scenarios.get(scenario.name())
                + ", not "
                + scenario.state());
      }
      for (NamedMatcher header : match.headers()) {
        note(NearMissText.HEADER, header, request.header(header.name()), reasons, request);
      }
      for (NamedMatcher named : match.query()) {
        note(
            "query",
            named,
            request.query().getOrDefault(named.name(), List.of()),
            reasons,
            request);
      }
      for (NamedMatcher named : match.cookies()) {
        note(
            "cookie",
            named,
            request.cookies().getOrDefault(named.name(), List.of()),
            reasons,
            request);
      }
      distance += reasons.size();
      // Looking into bodies is the dear part.
      for (BodyMatch condition : distance < least ? match.body() : List.<BodyMatch>of()) {
        String miss = condition.miss(request.content(), request.budget());
        if (miss != null) {
          reasons.add(miss, "body is not what the route waits for");
          distance++;
        }
      }
      return distance;
    } catch (MatchBoundException e) {
      return Integer.MAX_VALUE;
    }
  }

  private static void note(
      String kind,
      NamedMatcher named,
      List<String> values,
      Reasons reasons,
      ReceivedRequest request)
      throws MatchBoundException {
    if (named.matcher().test(values, request.budget())) {
      return;
    }
    String what = kind + " " + NearMissText.shown(named.name());
    String told = NearMissText.of(what, values, named.matcher());
    reasons.add(
        told, NearMissText.isShown(kind, named.name()) ? told : NearMissText.hint(what, values));
  }

  /** Whether there are no routes. */
  boolean isEmpty() {
    return inOrder.isEmpty();
  }

  /** All sequences and scenarios begin again. */
  void reset() {
    inOrder.forEach(RouteState::reset);
    scenarios.replaceAll((_, _) -> Scenario.STARTED);
  }

  /** The present state of each scenario. */
  Map<String, String> scenarios() {
    return new TreeMap<>(scenarios);
  }

  /** Counters of the routes in the order of the definition. */
  List<RouteStats> stats() {
    return inOrder.stream().map(state -> state.counters().stats(state.route().label())).toList();
  }
}
