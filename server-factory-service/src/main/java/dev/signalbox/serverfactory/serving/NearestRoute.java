package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.serverfactory.definition.Route;
import java.util.ArrayList;
import java.util.List;

/**
 * The route that a request came nearest to.
 *
 * @param miss what the journal is told, with the values that the route waits for
 * @param hints the same for the client, without values that may be what lets somebody in
 */
record NearestRoute(NearMiss miss, List<String> hints) {

  private static final int MAX_REASONS = 10;

  /** Why a route is not for a request. */
  static final class Reasons {

    private final List<String> told = new ArrayList<>();
    private final List<String> hints = new ArrayList<>();

    /** A reason that everybody may know. */
    void add(String reason) {
      add(reason, reason);
    }

    void add(String reason, String hint) {
      told.add(reason);
      hints.add(hint);
    }

    int size() {
      return told.size();
    }

    NearestRoute of(Route route) {
      int most = Math.min(MAX_REASONS, told.size());
      return new NearestRoute(
          new NearMiss(route.label(), List.copyOf(told.subList(0, most))),
          List.copyOf(hints.subList(0, most)));
    }
  }
}
