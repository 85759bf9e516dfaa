package dev.signalbox.serverfactory.body;

import com.fasterxml.jackson.databind.JsonNode;

/** How large a JSON value is for what reads all of it: hashing it, comparing it, copying it. */
final class JsonWeight {

  private JsonWeight() {}

  /** Values within a value and itself, and one more for each few characters of texts and names. */
  static long of(JsonNode node) {
    if (node.isTextual()) {
      return 1L + node.textValue().length() / MatchBudget.CHARACTERS_OF_A_UNIT;
    }
    long weight = 1;
    if (node.isObject()) {
      for (var member : node.properties()) {
        weight +=
            member.getKey().length() / MatchBudget.CHARACTERS_OF_A_UNIT + of(member.getValue());
      }
    } else {
      for (JsonNode element : node) {
        weight += of(element);
      }
    }
    return weight;
  }
}
