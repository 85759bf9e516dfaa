package dev.signalbox.gateway.task;

import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.platform.json.JsonLimits;
import java.time.Duration;

/**
 * Bounds of what one request may ask for.
 *
 * @param batchTasks tasks in a batch
 * @param batchBytes bytes of a batch's body, and of its answer
 * @param concurrency tasks of a request under way at once unless it says otherwise
 * @param maxConcurrency the most it may say
 * @param memory what the answers of all batches may take
 * @param maxTimeout longest time a task or a batch may be given
 */
public record TaskLimits(
    int batchTasks,
    int batchBytes,
    int concurrency,
    int maxConcurrency,
    MemoryBudget memory,
    Duration maxTimeout) {

  private static final int VALUES_PER_TASK = 64;

  /** How much of a batch's body is built: its size alone would let it take the heap. */
  JsonLimits batchJson() {
    int values =
        Math.clamp(
            (long) batchTasks * VALUES_PER_TASK, JsonLimits.DEFAULT.maxValues(), Integer.MAX_VALUE);
    return JsonLimits.values(values).withArray("tasks", batchTasks);
  }

  /** What holds for one batch, begun now. */
  TaskBatch.Bounds batch(int atOnce, Duration timeout) {
    return new TaskBatch.Bounds(atOnce, System.nanoTime() + timeout.toNanos(), batchBytes, memory);
  }
}
