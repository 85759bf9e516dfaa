package dev.signalbox.gateway.task;

import java.time.Duration;

/**
 * Bounds of what one request may ask for.
 *
 * @param batchTasks tasks in a batch
 * @param batchBytes bytes of a batch's body
 * @param concurrency tasks of a request under way at once unless it says otherwise
 * @param maxConcurrency the most it may say
 * @param maxTimeout longest time a task or a batch may be given
 */
public record TaskLimits(
    int batchTasks, int batchBytes, int concurrency, int maxConcurrency, Duration maxTimeout) {}
