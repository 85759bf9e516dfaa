package dev.signalbox.contracts.file;

/** The state of a resumable upload. NOT_FOUND when there is none or it has expired. */
public sealed interface ResumableStatusReply {

  /**
   * It can be resumed, or is complete. A complete one without a path could not be placed; resumed
   * at its end and finished, it is tried again and the fault says why it cannot.
   */
  record Present(ResumableUpload upload) implements ResumableStatusReply {}

  /** All bytes are there and another call is making it a visible file. */
  record Locked() implements ResumableStatusReply {}
}
