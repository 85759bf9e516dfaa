package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for work.
 *
 * @param worker name the worker gives itself, 1 to 128 characters
 * @param contributor who is to be credited; null for nobody
 * @param team the contributor's team; null for none
 * @param count how many tasks, 1 to 64
 * @param order which tasks
 * @param idempotencyKey when given, the same key and request within a day gets one lease; a request
 *     that finds no task does not use its key up
 */
public record LeaseTasksRequest(
    String worker,
    @Nullable String contributor,
    @Nullable String team,
    int count,
    Order order,
    @Nullable String idempotencyKey) {

  /** Which of the available tasks are leased. */
  public enum Order {
    /** The lowest indices (the classic face). */
    LOWEST,
    /** Scattered over the space, so that no network is pinged by everybody at once. */
    SPREAD
  }
}
