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

  /** The token is not that of a live lease on the task; nothing changed. */
  record NoLease() implements SubmitResultReply {}
}
