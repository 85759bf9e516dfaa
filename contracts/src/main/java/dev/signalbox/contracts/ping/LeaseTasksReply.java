package dev.signalbox.contracts.ping;

import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param contributorKey the key of a contributor whose name was new; null otherwise. It is sent
   *     this once
   */
  record Leased(
      String leaseId,
      String token,
      long expiresAtEpochMs,
      List<LeasedTask> tasks,
      int maxRatePps,
      boolean replayed,
      @Nullable String contributorKey)
      implements LeaseTasksReply {}

  /** Every task is done, in error or leased to someone. */
  record NoneAvailable() implements LeaseTasksReply {}

  /**
   * The sender holds as many tasks as one may.
   *
   * @param limit how many that is
   */
  record TooManyLeased(int limit) implements LeaseTasksReply {}

  /** The contributor's name is registered with another key. */
  record WrongKey() implements LeaseTasksReply {}

  /**
   * Too many new names were used from this address within a day.
   *
   * @param limit how many may be
   */
  record TooManyNames(int limit) implements LeaseTasksReply {}

  /**
   * One task of a lease.
   *
   * @param taskIndex its index
   * @param network the block, such as {@code 1.2.0.0/16}
   * @param exclude blocks inside it that must not be pinged
   */
  record LeasedTask(int taskIndex, String network, List<String> exclude) {}
}
