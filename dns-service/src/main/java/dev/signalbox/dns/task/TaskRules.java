package dev.signalbox.dns.task;

import java.time.Duration;

/**
 * What the operator allows and what holds when a task does not say.
 *
 * @param timeout for the whole task, when it does not say
 * @param maxTimeout the longest a task may ask for
 * @param retries how often a question is repeated, when the task does not say
 * @param maxQueries queries that one task may lead to, whatever sends them
 * @param udpSize EDNS buffer size, when the task does not say
 * @param cacheDefault whether the cache may answer, when the task does not say
 */
public record TaskRules(
    Duration timeout,
    Duration maxTimeout,
    int retries,
    int maxQueries,
    int udpSize,
    CacheDefault cacheDefault) {}
