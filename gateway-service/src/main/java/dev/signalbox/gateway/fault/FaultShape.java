package dev.signalbox.gateway.fault;

import dev.signalbox.gateway.route.Answer;

/** How a face words its faults. */
@FunctionalInterface
public interface FaultShape {

  /**
   * The answer to a fault: status and headers are the fault's unless the face has its own.
   *
   * @param requestId under which the log has it
   */
  Answer render(HttpFault fault, String requestId);
}
