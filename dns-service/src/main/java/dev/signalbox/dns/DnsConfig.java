package dev.signalbox.dns;

import dev.signalbox.dns.task.CacheDefault;
import dev.signalbox.dns.task.TaskRules;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.Setting;
import java.time.Duration;

/**
 * Configuration of dns-service: what concerns tasks. How names are looked up is in the section
 * {@code resolver}.
 *
 * @param timeout time for a whole task, above 0 and at most {@code maxTimeout}
 * @param maxTimeout the longest a task may ask for, above 0 and at most 7 s: a call of {@code
 *     dns.query-task} has 15 s, so that a task whose process is lost can be repeated whole
 * @param retries repetitions of a lost query, 0 to 10
 * @param maxInFlight tasks under way at once, 1 to 1,000,000
 * @param maxQueriesPerTask queries that one task may lead to: types times resolvers, and those of
 *     following, validation, traces and names of resolvers; 1 to 10,000
 * @param cacheDefault which tasks are answered from the cache when they do not say
 */
public record DnsConfig(
    @Setting(value = "5s", doc = "Time for a whole task; above 0, at most max-timeout")
        Duration timeout,
    @Setting(value = "7s", doc = "Longest time a task may ask for; above 0, at most 7s")
        Duration maxTimeout,
    @Setting(value = "2", doc = "Repetitions of a lost query; 0 to 10") int retries,
    @Setting(value = "20000", doc = "Tasks under way at once; 1 to 1,000,000") int maxInFlight,
    @Setting(value = "1000", doc = "Queries that one task may lead to; 1 to 10,000")
        int maxQueriesPerTask,
    @Setting(
            value = "default-resolvers",
            doc = "Tasks answered from the cache unless they say: off, default-resolvers or on")
        CacheDefault cacheDefault) {

  public DnsConfig {
    ConfigProblems.of("dns")
        .positive("timeout", timeout)
        .check(timeout.compareTo(maxTimeout) <= 0, "timeout", "must be at most max-timeout")
        .positive("max-timeout", maxTimeout)
        .check(maxTimeout.toMillis() <= 7_000, "max-timeout", "must be at most 7s")
        .range("retries", retries, 0, 10)
        .range("max-in-flight", maxInFlight, 1, 1_000_000)
        .range("max-queries-per-task", maxQueriesPerTask, 1, 10_000)
        .throwIfAny();
  }

  /**
   * What holds for tasks.
   *
   * @param udpSize EDNS buffer size, when a task does not say
   */
  public TaskRules taskRules(int udpSize) {
    return new TaskRules(timeout, maxTimeout, retries, maxQueriesPerTask, udpSize, cacheDefault);
  }
}
