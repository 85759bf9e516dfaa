package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.definition.RouteMatch.NamedMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the routes of one server: which requests each matches, and its responses in order. */
final class RouteReader {

  private static final int MAX_LABEL = 100;
  private static final int MAX_NAMES = 50;
  private static final int MAX_RESPONSES = 100;
  private static final int MAX_TIMES = 1_000_000;
  private static final int USUAL_PRIORITY = 5;
  private static final int FARTHEST_PRIORITY = 1_000_000;

  private final DefinitionLimits limits;
  private final MatcherReader matchers;
  private final ResponseReader responses;

  RouteReader(DefinitionLimits limits, CompileBudget budget) {
    this.limits = limits;
    this.matchers = new MatcherReader(limits.text(), budget);
    this.responses = new ResponseReader(limits);
  }

  /** Reads the field {@code routes}, empty when it is absent. */
  List<Route> read(RequestObject holder) {
    RequestObject items = holder.items("routes", limits.routes());
    List<Route> routes = new ArrayList<>(items.names().size());
    Set<String> labels = new HashSet<>();
    for (String item : items.names()) {
      RequestObject route = items.object(item);
      Route read = route(route, routes.size(), items.any(item));
      if (!labels.add(read.label())) {
        route.problem("name", "must not be that of another route");
      }
      routes.add(read);
    }
    if (responses.bytes() > limits.bodyBytes()) {
      holder.problem(
          "routes", "must not have bodies of more than " + limits.bodyBytes() + " bytes in all");
    }
    return routes;
  }

  private Route route(RequestObject route, int number, @Nullable Object source) {
    String name = route.optionalLine("name", MAX_LABEL);
    return new Route(
        number,
        name == null || name.isEmpty() ? Integer.toString(number) : name,
        match(route.object("match")),
        responses(route),
        route.bool("cycle", false),
        scenario(route),
        (int) route.integer("priority", USUAL_PRIORITY, -FARTHEST_PRIORITY, FARTHEST_PRIORITY),
        source);
  }

  private List<RouteResponse> responses(RequestObject route) {
    boolean one = route.has("response");
    boolean many = route.has("responses");
    if (one == many) {
      route.problem(
          one ? "responses" : "response",
          one ? "must not be there beside response" : "is required, or responses");
    }
    List<RouteResponse> read = new ArrayList<>();
    if (many) {
      List<RequestObject> objects = route.requiredObjects("responses", MAX_RESPONSES);
      for (RequestObject response : objects) {
        read.add(responses.read(response, (int) response.integer("times", 1, 1, MAX_TIMES)));
      }
    }
    if (one || read.isEmpty()) {
      read.add(responses.read(route.object("response"), 1));
    }
    return read;
  }

  private static @Nullable Scenario scenario(RequestObject route) {
    if (!route.has("scenario")) {
      return null;
    }
    RequestObject scenario = route.object("scenario");
    return new Scenario(
        scenario.line("name", MAX_LABEL),
        scenario.optionalLine("state", MAX_LABEL),
        scenario.optionalLine("new_state", MAX_LABEL));
  }

  private RouteMatch match(RequestObject match) {
    return new RouteMatch(
        methods(match),
        path(match),
        named(match, "headers", true),
        named(match, "query", false),
        named(match, "cookies", false),
        matchers.body(match));
  }

  private static Set<String> methods(RequestObject match) {
    Object value = match.any("method");
    if (value == null) {
      return Set.of();
    }
    Collection<?> names = value instanceof List<?> list ? list : List.of(value);
    Set<String> methods = new LinkedHashSet<>();
    for (Object name : names) {
      if (!(name instanceof String method) || !HeaderText.isToken(method)) {
        match.problem("method", "must be a method such as GET, or an array of methods");
        return Set.of();
      }
      methods.add(method);
    }
    if (methods.isEmpty() || methods.size() > MAX_NAMES) {
      match.problem("method", "must have 1 to " + MAX_NAMES + " methods");
    }
    return methods;
  }

  private PathMatch path(RequestObject match) {
    List<String> given =
        List.of("path", "path_prefix", "path_pattern", "path_regex").stream()
            .filter(match::has)
            .toList();
    if (given.isEmpty()) {
      return new PathMatch.Any();
    }
    String field = given.getFirst();
    if (given.size() > 1) {
      match.problem(given.get(1), "must not be there beside " + field);
    }
    String text = match.text(field, Page.LONGEST_URI);
    if (text.isEmpty()) {
      return new PathMatch.Any();
    }
    try {
      return switch (field) {
        case "path_pattern" -> PathMatch.Template.parse(text);
        case "path_regex" -> PathMatch.Regex.parse(text, matchers.budget());
        default -> {
          String problem = Page.problem(text);
          if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
          }
          String normal = PagePath.normal(text);
          yield field.equals("path") ? new PathMatch.Exact(normal) : new PathMatch.Prefix(normal);
        }
      };
    } catch (IllegalArgumentException e) {
      match.problem(field, String.valueOf(e.getMessage()));
      return new PathMatch.Any();
    }
  }

  private List<NamedMatcher> named(RequestObject match, String field, boolean header) {
    RequestObject named = match.object(field);
    if (named.names().size() > MAX_NAMES) {
      match.problem(field, "must have at most " + MAX_NAMES + " names");
    }
    List<NamedMatcher> read = new ArrayList<>();
    for (String name : named.names()) {
      if (header && !HeaderText.isToken(name)) {
        named.problem(name, "must be the name of a header");
      }
      read.add(
          new NamedMatcher(
              header ? name.toLowerCase(Locale.ROOT) : name, matchers.read(named, name)));
    }
    return read;
  }
}
