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

  /**
   * Sends a request and reports what came back, with the result and the errors of the task {@code
   * http_probe}. Not at {@code http-probe.probe}, which has the messages of the task: an address
   * never changes its types. INVALID_REQUEST when the request breaks a rule, with the field.
   */
  public static final Operation<ProbeRequest, TaskReply> PROBE =
      Operation.once("http-probe.run", ProbeRequest.class, TaskReply.class, Duration.ofSeconds(60))
          .servedBy(SERVICE);

  /** Task {@code http_probe}. */
  public static final Operation<TaskRequest, TaskReply> PROBE_TASK =
      Operation.once("http-probe.probe", TaskRequest.class, TaskReply.class, Duration.ofSeconds(60))
          .servedBy(SERVICE);

  private HttpProbeContract() {}
}
