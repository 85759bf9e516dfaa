package dev.signalbox.serverfactory.imports;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out of imported routes what a definition may not have, with a note each, so that one
 * mapping among hundreds does not stop an import: headers of responses alone, for other faults the
 * whole route. A match is never widened. Routes of the same name get different ones.
 */
public final class ServableRoutes {

  private static final String ROUTE = "/routes/0";
  private static final String RESPONSE = "response";
  private static final String HEADERS = "headers";
  private static final String NAME = "name";
  private static final int MAX_NAME = 100;

  private final DefinitionReader reader;
  private final ImportNotes notes = new ImportNotes();
  private final Set<String> labels = new HashSet<>();

  private ServableRoutes(DefinitionReader reader) {
    this.reader = reader;
  }

  /**
   * What of an import can be served.
   *
   * @throws ImportException when no route is left
   */
  public static Imported of(Imported imported, DefinitionReader reader) throws ImportException {
    return new ServableRoutes(reader).all(imported);
  }

  private Imported all(Imported imported) throws ImportException {
    List<Map<String, Object>> routes = new ArrayList<>();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < imported.routes().size(); i++) {
      String place = imported.places().get(i);
      Map<String, Object> route = servable(imported.routes().get(i), place);
      if (route != null) {
        routes.add(named(route, routes.size()));
        places.add(place);
      }
    }
    List<String> left = notes.all();
    if (routes.isEmpty()) {
      throw new ImportException("must have a route that can be served; " + left.getFirst());
    }
    List<String> all = new ArrayList<>(imported.notes());
    all.addAll(left);
    return new Imported(routes, places, all);
  }

  private @Nullable Map<String, Object> servable(Map<String, Object> route, String place) {
    List<FieldProblem> problems = problems(route);
    if (!problems.isEmpty() && headers(route) != null) {
      route = withoutWrongHeaders(route, place);
      problems = problems(route);
    }
    if (problems.isEmpty()) {
      return route;
    }
    FieldProblem first = problems.getFirst();
    String field =
        first.pointer().startsWith(ROUTE)
            ? first.pointer().substring(ROUTE.length())
            : first.pointer();
    notes.add(place, "is left out, since its " + field + " " + first.message());
    return null;
  }

  private static @Nullable Map<?, ?> headers(Map<String, Object> route) {
    return route.get(RESPONSE) instanceof Map<?, ?> response
            && response.get(HEADERS) instanceof Map<?, ?> headers
        ? headers
        : null;
  }

  private Map<String, Object> withoutWrongHeaders(Map<String, Object> route, String place) {
    Map<Object, Object> response = new LinkedHashMap<>((Map<?, ?>) route.get(RESPONSE));
    Map<Object, Object> kept = new LinkedHashMap<>((Map<?, ?>) response.get(HEADERS));
    Object template = response.getOrDefault("template", false);
    kept.entrySet()
        .removeIf(header -> {
          Map<String, Object> alone =
              Map.of(
                  "match",
                  Map.of(),
                  RESPONSE,
                  Map.of(
                      "template", template, HEADERS, Map.of(header.getKey(), header.getValue())));
          List<FieldProblem> problems = problems(alone);
          problems.stream()
              .findFirst()
              .ifPresent(problem ->
                  notes.add(
                      place,
                      "leaves out the header " + header.getKey() + ", which " + problem.message()));
          return !problems.isEmpty();
        });
    response.put(HEADERS, kept);
    Map<String, Object> changed = new LinkedHashMap<>(route);
    changed.put(RESPONSE, response);
    return changed;
  }

  private List<FieldProblem> problems(Map<String, Object> route) {
    RequestObject holder = RequestObject.of(Map.of("routes", List.of(route)));
    reader.routes(holder);
    return holder.problems().kept();
  }

  /** A route without a name has its number for one, which may be another's name. */
  private Map<String, Object> named(Map<String, Object> route, int number) {
    String wanted =
        route.get(NAME) instanceof String text && !text.isEmpty() ? text : Integer.toString(number);
    String label = wanted;
    for (int i = 2; !labels.add(label); i++) {
      String end = " " + i;
      label = wanted.substring(0, Math.min(wanted.length(), MAX_NAME - end.length())) + end;
    }
    if (label.equals(wanted)) {
      return route;
    }
    Map<String, Object> renamed = new LinkedHashMap<>();
    renamed.put(NAME, label);
    route.forEach((field, value) -> renamed.putIfAbsent(field, value));
    return renamed;
  }
}
