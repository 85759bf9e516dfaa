package dev.signalbox.contracts.file;

/** What became of a resumable upload to remove. */
public sealed interface TerminateResumableReply {

  /** It is gone; a file that it had become already stays. */
  record Terminated() implements TerminateResumableReply {}

  /** A call is carrying it on. */
  record Locked() implements TerminateResumableReply {}
}
