package dev.signalbox.sweep;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of sweep-service. */
public final class SweepContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "sweep-service";

  /** Looks up the names of a block. INVALID_REQUEST when the block is not an IPv4 /24. */
  public static final Operation<SweepRequest, SweepReply> REVERSE =
      Operation.repeatable(
              "sweep.reverse", SweepRequest.class, SweepReply.class, Duration.ofSeconds(60))
          .servedBy(SERVICE);

  /** Task {@code reverse_sweep}; the result is a {@link SweepReply}. */
  public static final Operation<TaskRequest, TaskReply> REVERSE_TASK =
      Operation.repeatable(
              "sweep.reverse-task", TaskRequest.class, TaskReply.class, Duration.ofSeconds(60))
          .servedBy(SERVICE);

  private SweepContract() {}
}
