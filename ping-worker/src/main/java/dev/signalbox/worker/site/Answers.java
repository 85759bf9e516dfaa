package dev.signalbox.worker.site;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.contracts.net.Cidr;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what a site answers, which may be anything. What is wrong with it stands in the error. */
final class Answers {

  /** Blocks from 0.0.0.0/8, and from 224.0.0.0/4 on: no host has these addresses. */
  private static final int FIRST_UNICAST = 256;

  private static final int LAST_UNICAST = 0xdfff;

  /** Sites lease for a week at most. */
  private static final Duration FARTHEST = Duration.ofDays(366);

  /** A repeated lease is of the same day. */
  private static final Duration LONGEST_AGO = Duration.ofDays(2);

  private Answers() {}

  static SiteException unusable(String why) {
    return new SiteException(SiteException.NO_ANSWER, "", "the site cannot be used: " + why, null);
  }

  /**
   * Reads a lease.
   *
   * @param asked how many tasks were asked for
   * @param privateSite whether the site is of the volunteer's own network
   */
  static Lease lease(JsonNode json, int asked, boolean privateSite) {
    int count = json.path("tasks").size();
    if (count == 0) {
      throw unusable("its lease has no tasks");
    }
    if (count > Math.min(asked, Lease.MOST_TASKS)) {
      throw unusable("its lease has " + count + " tasks where " + asked + " were asked for");
    }
    Map<Integer, List<String>> tasks = tasks(json.path("tasks"), privateSite);
    tasks
        .keySet()
        .forEach(index -> {
          if (index < FIRST_UNICAST || index > LAST_UNICAST) {
            throw unusable(
                "its lease has " + network(index) + ", which are no addresses of single hosts");
          }
        });
    List<Lease.LeasedTask> leased = new ArrayList<>();
    tasks.forEach((index, exclude) -> leased.add(new Lease.LeasedTask(index, exclude)));
    return new Lease(
        word(json, "lease_id", "[A-Za-z0-9_-]{1,100}"),
        word(json, "token", "[\\x21-\\x7e]{1,500}"),
        expiry(json),
        leased,
        Math.max(1, json.path("max_rate_pps").asInt(Integer.MAX_VALUE)),
        json.path("contributor_key").isTextual()
            ? word(json, "contributor_key", "[\\x21-\\x7e]{1,500}")
            : null);
  }

  /**
   * Reads the answer to a heartbeat.
   *
   * @param privateSite whether the site is of the volunteer's own network
   */
  static Renewal renewal(JsonNode json, boolean privateSite) {
    return new Renewal(
        expiry(json), json.has("tasks") ? tasks(json.path("tasks"), privateSite) : null);
  }

  /** Checks what the site says of a result that it has taken. */
  static int taken(JsonNode json, int index) {
    if (integer(json, "task_index") != index) {
      throw unusable("it has taken another result than that of " + network(index));
    }
    return integer(json, "answered");
  }

  /** Checks what the site says of a contributor. */
  static boolean listed(JsonNode json) {
    if (!json.path("listed").isBoolean()) {
      throw unusable("its answer has no usable listed");
    }
    return json.path("listed").asBoolean();
  }

  /** A number that an answer must have: one without is not an answer of the site. */
  static int integer(JsonNode json, String field) {
    JsonNode number = json.path(field);
    if (!number.canConvertToInt()) {
      throw unusable("its answer has no usable " + field);
    }
    return number.asInt();
  }

  /** Tasks with what is to be left out of each, in the order they come. */
  private static Map<Integer, List<String>> tasks(JsonNode tasks, boolean privateSite) {
    Map<Integer, List<String>> read = new LinkedHashMap<>();
    for (JsonNode task : tasks) {
      int index = task.path("task_index").asInt(-1);
      if (index < 0 || index > 65_535) {
        throw unusable("its task " + task.path("task_index") + " is no block of IPv4");
      }
      JsonNode network = task.path("network");
      if (network.isTextual() && !network.asText().equals(network(index))) {
        throw unusable("its task " + index + " is not " + network.asText());
      }
      List<String> exclude = exclude(task);
      if (!privateSite) {
        requireInternet(index, exclude);
      }
      if (read.put(index, exclude) != null) {
        throw unusable("it has task " + index + " twice in a lease");
      }
    }
    return read;
  }

  /** Sites of the Internet must not have the networks scanned that volunteers live in. */
  private static void requireInternet(int index, List<String> exclude) {
    Cidr special = SpecialPurposeNetworks.pingedBy(index, exclude);
    if (special != null) {
      throw new SiteException(
          SiteException.NO_ANSWER,
          SiteException.NOT_INTERNET,
          "the site cannot be used: its task "
              + network(index)
              + " has addresses of "
              + special
              + ", which are not of the Internet",
          null);
    }
  }

  private static List<String> exclude(JsonNode task) {
    // Nothing may be pinged of a task that does not say what to leave out, or not clearly.
    if (!task.path("exclude").isArray()) {
      throw unusable("its task does not say what to leave out");
    }
    List<String> exclude = new ArrayList<>();
    task.path("exclude").forEach(network -> exclude.add(network.asText()));
    try {
      exclude.forEach(Cidr::parseV4);
    } catch (IllegalArgumentException e) {
      throw unusable("what its task leaves out: " + e.getMessage());
    }
    return exclude;
  }

  private static String network(int index) {
    return Cidr.ofV4(index << 16, 16).toString();
  }

  private static String word(JsonNode json, String field, String pattern) {
    String text = json.path(field).asText("");
    if (!text.matches(pattern)) {
      throw unusable("its lease has no usable " + field);
    }
    return text;
  }

  private static Instant expiry(JsonNode json) {
    Instant end;
    try {
      end = Instant.parse(json.path("expires_at").asText(""));
    } catch (DateTimeException e) {
      throw unusable("its lease has no usable expires_at");
    }
    Instant now = Instant.now();
    if (end.isAfter(now.plus(FARTHEST)) || end.isBefore(now.minus(LONGEST_AGO))) {
      throw unusable(
          "its lease ends on " + end + "; this machine's clock says " + now + ", is it right?");
    }
    return end;
  }
}
