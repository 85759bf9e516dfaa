package dev.signalbox.gateway.diagnostic;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;

/**
 * An instance that did not answer, as clients see it.
 *
 * @param reason in words without addresses of the bus
 */
record UnansweredView(String service, String node, String host, String reason) {

  static UnansweredView of(Announcement instance, String reason) {
    return new UnansweredView(instance.service(), instance.node(), instance.host(), reason);
  }

  /** Why an operation has no reply. */
  static String reason(Operation<?, ?> operation, Throwable failure) {
    if (failure instanceof ServiceException known) {
      return switch (known.code()) {
        case TIMEOUT -> "no answer within " + operation.timeout().toSeconds() + " s";
        case UNAVAILABLE -> "it cannot be reached";
        default -> known.code().name();
      };
    }
    return "the reply cannot be read";
  }
}
