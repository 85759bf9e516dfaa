package dev.signalbox.serverfactory;

import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerReply.Reason;

/** What became of the wish for a server, before anything listens. */
sealed interface Reservation {

  /** The row is there and this instance owns it: bind, then confirm or discard. */
  record Reserved(ServerRow row) implements Reservation {}

  /** A rule forbids it. */
  record Refused(Reason reason, String message) implements Reservation {

    StartServerReply reply() {
      return new StartServerReply.Refused(reason, message, false);
    }
  }

  /**
   * The same request was made before; this was its answer.
   *
   * @param pending whether that request is still binding its port, so that its answer may change
   */
  record Repeated(StartServerReply reply, boolean pending) implements Reservation {}
}
