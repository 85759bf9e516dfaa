package dev.signalbox.platform.bus;

/** An attempt without an answer. A value: it has no stack trace. */
final class Unanswered extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why there is none. */
  enum Reason {
    /** Nobody serves the operation: nothing was done. */
    NOBODY("nobody serves it"),
    /** Nothing came in time. */
    TIMEOUT("no answer in time"),
    /** The request or its answer was lost on the way. */
    LOST("lost on the way");

    private final String what;

    Reason(String what) {
      this.what = what;
    }

    /** In words. */
    String what() {
      return what;
    }
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
