package dev.signalbox.contracts.file;

/** Whether a resumable upload was created. */
public sealed interface CreateResumableReply {

  /** It was; without bytes to come it is a visible file already. */
  record Created(ResumableUpload upload) implements CreateResumableReply {}

  /** A condition of the request does not hold. */
  record ConditionFailed() implements CreateResumableReply {}

  /** The path may not be written. */
  record Forbidden(String message) implements CreateResumableReply {}
}
