package dev.signalbox.contracts.file;

/** The state of a resumable upload. NOT_FOUND when there is none or it has expired. */
public sealed interface ResumableStatusReply {

  /** It can be resumed, or is complete. */
  record Present(ResumableUpload upload) implements ResumableStatusReply {}

  /** All bytes are there and another call is making it a visible file. */
  record Locked() implements ResumableStatusReply {}
}
