package dev.signalbox.serverfactory.definition;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are answered, and how.
 *
 * @param number in the definition, from 0
 * @param label its name, or its number
 * @param responses one at least, played in order
 * @param cycle whether they begin again after the last; the last repeats otherwise
 * @param scenario null for none
 * @param priority lower comes first
 * @param source the JSON it was read from: two routes are the same when it is equal
 */
public record Route(
    int number,
    String label,
    RouteMatch match,
    List<RouteResponse> responses,
    boolean cycle,
    @Nullable Scenario scenario,
    int priority,
    @Nullable Object source) {

  /** In this order routes are tried. */
  public static final Comparator<Route> ORDER =
      Comparator.comparingInt(Route::priority)
          .thenComparing(route -> route.match().path(), PathMatch.MORE_SPECIFIC_FIRST)
          .thenComparing(Comparator.comparingInt(Route::conditions).reversed())
          .thenComparingInt(Route::number);

  public Route {
    responses = List.copyOf(responses);
  }

  private int conditions() {
    return match.conditions() + (scenario == null || scenario.state() == null ? 0 : 1);
  }
}
