package dev.signalbox.platform.bus;

/** An attempt without an answer. A value: it has no stack trace. */
final class Unanswered extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why there is none. */
  enum Reason {
    /** Nobody serves the operation: nothing was done. */
    NOBODY,
    /** Nothing came in time. */
    TIMEOUT,
    /** The request or its answer was lost on the way. */
    LOST
  }

  private final Reason reason;

  Unanswered(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
