package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.ping.LeaseTasksReply.LeasedTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a lease goes on. */
public sealed interface RenewLeaseReply {

  /**
   * It does.
   *
   * @param expiresAtEpochMs its end, milliseconds since 1970-01-01 UTC
   * @param tasks those that it still has, with the networks that must not be pinged from now on;
   *     null from a coordinator that does not know this field
   */
  record Renewed(long expiresAtEpochMs, @Nullable List<LeasedTask> tasks)
      implements RenewLeaseReply {}

  /** It had ended or never was; its tasks may be another worker's by now. */
  record Lost() implements RenewLeaseReply {}
}
