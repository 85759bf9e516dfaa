package dev.signalbox.serverfactory.imports;

import java.util.List;
import java.util.Map;

/**
 * What an import came to.
 *
 * @param routes in the JSON of a definition's {@code routes}, not checked yet
 * @param places of each route, a JSON Pointer into what was imported
 * @param notes what was not understood, each with its JSON Pointer; that part is left out
 */
public record Imported(List<Map<String, Object>> routes, List<String> places, List<String> notes) {

  public Imported {
    routes = List.copyOf(routes);
    places = List.copyOf(places);
    notes = List.copyOf(notes);
  }
}
