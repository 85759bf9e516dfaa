package dev.signalbox.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All replicas of a service.
 *
 * @param state the word all of them have in common, or each with its number
 * @param rate requests a second since the look before; a dash when there was none
 * @param p50 milliseconds, of the slowest replica; a dash without requests
 */
record ServiceRow(
    String service,
    int replicas,
    String state,
    long inFlight,
    String rate,
    long handled,
    long failed,
    String p50,
    String p99) {

  private static final String NONE = "-";

  /**
   * The rows of what {@code /api/v1/services} lists.
   *
   * @param before what it listed before; null for nothing
   * @param seconds since then
   */
  static List<ServiceRow> of(JsonNode items, @Nullable JsonNode before, double seconds) {
    List<ServiceRow> rows = new ArrayList<>();
    byService(items)
        .forEach((service, replicas) ->
            rows.add(
                new ServiceRow(
                    service,
                    replicas.size(),
                    state(replicas),
                    sum(replicas, "in_flight"),
                    rate(replicas, before, seconds),
                    sum(replicas, "handled"),
                    sum(replicas, "failed"),
                    slowest(replicas, "p50_ms"),
                    slowest(replicas, "p99_ms"))));
    return rows;
  }

  private static Map<String, List<JsonNode>> byService(JsonNode items) {
    Map<String, List<JsonNode>> services = new TreeMap<>();
    for (JsonNode item : items) {
      services.computeIfAbsent(item.path("service").asText(), _ -> new ArrayList<>()).add(item);
    }
    return services;
  }

  private static String state(List<JsonNode> replicas) {
    TreeSet<String> words = new TreeSet<>();
    replicas.forEach(replica -> words.add(replica.path("state").asText()));
    if (words.size() == 1) {
      return words.first();
    }
    List<String> counted = new ArrayList<>();
    for (String word : words) {
      long number =
          replicas.stream().filter(item -> item.path("state").asText().equals(word)).count();
      counted.add(number + " " + word);
    }
    return String.join(", ", counted);
  }

  private static long sum(List<JsonNode> replicas, String name) {
    return replicas.stream().mapToLong(replica -> replica.path(name).asLong()).sum();
  }

  /** Of the replicas that were there before: a new one has handled what it has at any time. */
  private static String rate(List<JsonNode> replicas, @Nullable JsonNode before, double seconds) {
    if (before == null || seconds <= 0) {
      return NONE;
    }
    long more = 0;
    for (JsonNode replica : replicas) {
      for (JsonNode earlier : before) {
        if (earlier.path("node").equals(replica.path("node"))
            && earlier.path("service").equals(replica.path("service"))
            && earlier.path("since").equals(replica.path("since"))) {
          more += replica.path("handled").asLong() - earlier.path("handled").asLong();
        }
      }
    }
    return String.format(Locale.ROOT, "%.1f", Math.max(0, more) / seconds);
  }

  private static String slowest(List<JsonNode> replicas, String name) {
    return replicas.stream()
        .map(replica -> replica.path(name))
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .max(Double::compare)
        .map(ms -> String.format(Locale.ROOT, "%.1f", ms))
        .orElse(NONE);
  }
}
