package dev.signalbox.contracts.ping;

import java.util.List;

/** Work, or none. */
public sealed interface LeaseTasksReply {

  /**
   * Tasks that are the worker's until the lease ends.
   *
   * @param leaseId names the lease
   * @param token proves that a result is the lease holder's; at least 128 random bits
   * @param expiresAtEpochMs milliseconds since 1970-01-01 UTC
   * @param tasks 1 to 64 tasks
   * @param maxRatePps packets per second the worker may send at most, over all tasks
   * @param replayed whether this repeats the reply to an earlier request with the same idempotency
   *     key; absent from replicas that do not know the field, and then false
   */
  record Leased(
      String leaseId,
      String token,
      long expiresAtEpochMs,
      List<LeasedTask> tasks,
      int maxRatePps,
      boolean replayed)
      implements LeaseTasksReply {}

  /** Every task is done, in error or leased to someone. */
  record NoneAvailable() implements LeaseTasksReply {}

  /**
   * One task of a lease.
   *
   * @param taskIndex its index
   * @param network the block, such as {@code 1.2.0.0/16}
   * @param exclude blocks inside it that must not be pinged
   */
  record LeasedTask(int taskIndex, String network, List<String> exclude) {}
}
