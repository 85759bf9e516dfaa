package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import java.util.List;

/** What came of a task a client asked for. */
public sealed interface TaskOutcome {

  /** A service answered. */
  record Answered(TaskReply reply) implements TaskOutcome {}

  /** Nobody has ever offered such a task. */
  record Unknown(String name, List<String> available) implements TaskOutcome {}

  /** The service failed, is missing, or did not answer in time. */
  record Faulted(ServiceException fault) implements TaskOutcome {

    /** The service answered with what cannot be written as JSON. */
    static Faulted unwritable() {
      return new Faulted(
          new ServiceException(ErrorCode.INTERNAL, "The result cannot be written as JSON"));
    }
  }
}
