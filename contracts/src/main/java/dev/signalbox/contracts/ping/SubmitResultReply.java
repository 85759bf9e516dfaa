package dev.signalbox.contracts.ping;

/** What became of a result. */
public sealed interface SubmitResultReply {

  /**
   * On disk.
   *
   * @param repeated whether the same result was there already
   * @param answered addresses that answered
   */
  record Accepted(boolean repeated, int answered) implements SubmitResultReply {}

  /** Not a result, such as {@code length:5}; without a token the task is now in status 3. */
  record Invalid(String error) implements SubmitResultReply {}

  /** There is no task of that index. */
  record UnknownTask() implements SubmitResultReply {}

  /** Another result is stored; nothing changed. */
  record AlreadyDone() implements SubmitResultReply {}

  /**
   * The sender is not the one the task was last handed out to; nothing changed. A lease that has
   * ended is good for its results until the task is handed out again.
   */
  record NoLease() implements SubmitResultReply {}
}
