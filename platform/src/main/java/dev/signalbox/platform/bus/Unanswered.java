package dev.signalbox.platform.bus;

/** An attempt without an answer. A value: it has no stack trace. */
final class Unanswered extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why there is none. */
  enum Reason {
    /** No process is left that serves the operation: nothing was done. */
    NOBODY("no process serves it"),
    /** It did not reach the process it was sent to: nothing was done. */
    UNREACHED("the process cannot be reached"),
    /** Nothing came in time. */
    TIMEOUT("no answer in time"),
    /** The process has gone or cannot be heard: what it did is not known. */
    LOST("the process was lost");

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
