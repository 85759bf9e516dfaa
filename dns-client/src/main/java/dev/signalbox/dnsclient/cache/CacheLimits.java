package dev.signalbox.dnsclient.cache;

import java.time.Duration;

/**
 * How much and how long to keep.
 *
 * @param bytes of all answers together, roughly
 * @param longest for which an answer is kept, whatever its TTL
 * @param longestNegative the same for answers that say there is nothing (RFC 2308 section 5)
 */
public record CacheLimits(long bytes, Duration longest, Duration longestNegative) {}
