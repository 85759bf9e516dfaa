package dev.signalbox.contracts.ping;

/** What became of a revision. */
public sealed interface ReviseTaskReply {

  /** The task now has the status; a lease it had is lost. */
  record Revised(TaskRow task) implements ReviseTaskReply {}

  /** In progress, and not forced; nothing changed. */
  record Working() implements ReviseTaskReply {}

  /** There is no task of that index. */
  record UnknownTask() implements ReviseTaskReply {}
}
