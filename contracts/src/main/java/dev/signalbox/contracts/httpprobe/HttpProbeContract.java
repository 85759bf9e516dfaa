package dev.signalbox.contracts.httpprobe;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of http-probe-service. Not repeatable: a request may have effects at its target. */
public final class HttpProbeContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "http-probe-service";

  /** Task {@code http_get_request}. */
  public static final Operation<TaskRequest, TaskReply> GET =
      Operation.once("http-probe.get", TaskRequest.class, TaskReply.class, Duration.ofSeconds(30))
          .servedBy(SERVICE);

  /** Task {@code http_probe}. */
  public static final Operation<TaskRequest, TaskReply> PROBE =
      Operation.once("http-probe.probe", TaskRequest.class, TaskReply.class, Duration.ofSeconds(60))
          .servedBy(SERVICE);

  private HttpProbeContract() {}
}
