package dev.signalbox.platform.token;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * What a token may do at most; 0 for any number.
 *
 * @param requestsPerMinute requests that the gateways answer
 * @param tasksPerDay tasks that begin on one day of UTC
 * @param serversAtOnce servers on demand that it made and that still exist
 */
public record TokenLimits(int requestsPerMinute, int tasksPerDay, int serversAtOnce) {

  /** No limit. */
  public static final TokenLimits NONE = new TokenLimits(0, 0, 0);

  /** The key of requests per minute, on a line of a file. */
  public static final String REQUESTS_PER_MINUTE = "requests-per-minute";

  /** The key of tasks per day. */
  public static final String TASKS_PER_DAY = "tasks-per-day";

  /** The key of servers at once. */
  public static final String SERVERS_AT_ONCE = "servers-at-once";

  /** The most requests a minute that a token may be limited to. */
  public static final int MAX_REQUESTS_PER_MINUTE = 1_000_000;

  /** The most tasks a day. */
  public static final int MAX_TASKS_PER_DAY = 1_000_000_000;

  /** The most servers at once. */
  public static final int MAX_SERVERS_AT_ONCE = 1_000_000;

  /**
   * Counts what is refused because a token has had its limit; the token is no label.
   *
   * @param limit key of the limit
   */
  public static Counter refusals(MeterRegistry metrics, String limit) {
    return Counter.builder("signalbox.token.limited")
        .description("Requests, tasks and servers refused because a token has had its limit")
        .tag("limit", limit)
        .register(metrics);
  }

  /** Only requests are limited. */
  public static TokenLimits ofRequests(int perMinute) {
    return new TokenLimits(perMinute, 0, 0);
  }

  /** The words of a line of a file, such as {@code tasks-per-day=1000}; those of no limit lack. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    add(words, REQUESTS_PER_MINUTE, requestsPerMinute);
    add(words, TASKS_PER_DAY, tasksPerDay);
    add(words, SERVERS_AT_ONCE, serversAtOnce);
    return words;
  }

  private static void add(List<String> words, String key, int limit) {
    if (limit > 0) {
      words.add(key + "=" + limit);
    }
  }
}
