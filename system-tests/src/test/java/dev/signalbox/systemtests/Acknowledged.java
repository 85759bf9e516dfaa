package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What clients were told is done: it must be there whatever happens afterwards. */
final class Acknowledged {

  /** Codes by uuid. */
  final Map<String, String> codes = new ConcurrentHashMap<>();

  /** Texts of messages. */
  final Set<String> messages = ConcurrentHashMap.newKeySet();

  /** Contents of uploads by path. */
  final Map<String, String> uploads = new ConcurrentHashMap<>();

  /** Lease tokens of tasks by index, their results not yet acknowledged. */
  final Map<Integer, String> leases = new ConcurrentHashMap<>();

  /** How many addresses answered, by task whose result was acknowledged. */
  final Map<Integer, Integer> results = new ConcurrentHashMap<>();

  /** Tasks whose result was on its way when the lights went out: it may be there or not. */
  final Set<Integer> underWay = ConcurrentHashMap.newKeySet();

  /** All that was acknowledged before this is called; of more, some. */
  Acknowledged copy() {
    Acknowledged copy = new Acknowledged();
    copy.codes.putAll(codes);
    copy.messages.addAll(messages);
    copy.uploads.putAll(uploads);
    copy.results.putAll(results);
    copy.leases.putAll(leases);
    copy.underWay.addAll(underWay);
    return copy;
  }

  boolean enough(int each) {
    return codes.size() >= each
        && messages.size() >= each
        && uploads.size() >= each
        && results.size() >= each
        && leases.size() >= each;
  }

  /** All messages of a system, page by page: how often each text is there. */
  static Map<String, Integer> messages(int main) {
    Map<String, Integer> texts = new HashMap<>();
    String after = "0";
    Set<String> seen = new HashSet<>();
    while (seen.add(after)) {
      JsonNode page = Http.get(main, "/api/v1/messages?limit=1000&after=" + after).json();
      page.path("items").forEach(item -> texts.merge(item.path("text").asText(), 1, Integer::sum));
      if (page.path("next").isNull()) {
        return texts;
      }
      after = page.path("next").asText();
    }
    throw new AssertionError("the pages of messages have no end");
  }
}
