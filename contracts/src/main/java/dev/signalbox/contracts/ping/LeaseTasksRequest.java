package dev.signalbox.contracts.ping;

import org.jspecify.annotations.Nullable;

/**
 * Asks for work.
 *
 * @param worker name the worker gives itself, 1 to 128 characters
 * @param contributor name of the contributor to credit; null for none
 * @param team the contributor's team; null for none, or to leave it as it is
 * @param count how many tasks, 1 to 64
 * @param order which tasks
 * @param idempotencyKey when given, the same key and request within a day gets one lease; a request
 *     that finds no task does not use its key up
 * @param contributorKey proves that the contributor's name is the sender's; null when the name is
 *     new, or without a contributor
 * @param listed whether the contributor wants to be on the leaderboard; null to leave it as it is,
 *     which is not at first
 * @param client the address the request came from, as text; null when unknown
 */
public record LeaseTasksRequest(
    String worker,
    @Nullable String contributor,
    @Nullable String team,
    int count,
    Order order,
    @Nullable String idempotencyKey,
    @Nullable String contributorKey,
    @Nullable Boolean listed,
    @Nullable String client) {

  /** Which of the available tasks are leased. */
  public enum Order {
    /**
     * The lowest indices, for the classic face: a result then needs no token when it comes from the
     * same address.
     */
    LOWEST,
    /** Scattered over the space, so that not all workers ping one network at once. */
    SPREAD
  }
}
