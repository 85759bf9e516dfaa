package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * What the keywords of a JSON Schema cost that put whole values into a set, which the library
 * reports as one step each: {@code uniqueItems} hashes all within an array, and takes the square of
 * the time when a client has chosen values with one hash; {@code enum} hashes all within a value.
 */
record HashingWork(int uniqueItems, int enumerations) {

  /** Values that are hashed in the time of a unit. */
  private static final int VALUES_OF_A_UNIT = 8;

  /** Units for an element that is put into a set. */
  private static final int WORK_OF_AN_ELEMENT = 3;

  void take(JsonNode body, MatchBudget budget) throws MatchBoundException {
    if (uniqueItems == 0 && enumerations == 0) {
      return;
    }
    Sizes sizes = new Sizes();
    long values = sizes.of(body);
    budget.take(values / VALUES_OF_A_UNIT);
    budget.take(enumerations * (values / VALUES_OF_A_UNIT));
    if (uniqueItems > 0) {
      budget.take(
          uniqueItems
              * (WORK_OF_AN_ELEMENT * sizes.elements + sizes.withinArrays / VALUES_OF_A_UNIT));
      budget.take(uniqueItems * collisions(body));
    }
  }

  /** Counts values, and those within arrays once for each array that they are in. */
  private static final class Sizes {

    private long elements;
    private long withinArrays;

    long of(JsonNode node) {
      long values = 1;
      for (JsonNode below : node) {
        values += of(below);
      }
      if (node.isArray()) {
        elements += node.size();
        withinArrays += values;
      }
      return values;
    }
  }

  /**
   * Comparisons between different elements of the same hash. Of equal ones the second ends the
   * matter.
   */
  private static long collisions(JsonNode node) {
    long comparisons = 0;
    if (node.isArray() && node.size() > 1) {
      Map<Integer, JsonNode> first = new HashMap<>();
      Map<Integer, Integer> others = new HashMap<>();
      for (JsonNode element : node) {
        int hash = element.hashCode();
        JsonNode same = first.putIfAbsent(hash, element);
        if (same != null && !same.equals(element)) {
          comparisons += others.merge(hash, 1, Integer::sum);
        }
      }
    }
    for (JsonNode below : node) {
      comparisons += collisions(below);
    }
    return comparisons;
  }
}
