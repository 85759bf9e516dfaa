package dev.signalbox.systemtests;

/**
 * One request of the load.
 *
 * @param capability what it used
 * @param action what it did
 * @param gateway through which gateway, or at which member
 * @param start when it began, in nanoseconds of {@link System#nanoTime}
 * @param end when it ended
 * @param outcome what became of it
 * @param detail what was answered when that was not good
 */
record Call(
    Capability capability,
    String action,
    String gateway,
    long start,
    long end,
    Outcome outcome,
    String detail) {

  /** What became of a request. */
  enum Outcome {
    GOOD,
    /** An error, or nothing at all; one that names the service. */
    FAILED,
    /** An error 500, one that does not say which service it is about, or a broken connection. */
    UNNAMED,
    /** Nothing by the deadline. */
    LATE,
    /** An answer that is not true. */
    WRONG
  }

  boolean failed() {
    return outcome != Outcome.GOOD;
  }

  double seconds() {
    return (end - start) / 1e9;
  }
}
