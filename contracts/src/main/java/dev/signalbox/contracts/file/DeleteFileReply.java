package dev.signalbox.contracts.file;

/** What became of a file to delete. */
public sealed interface DeleteFileReply {

  /** It is gone, durably. */
  record Deleted() implements DeleteFileReply {}

  /** There was none. */
  record Missing() implements DeleteFileReply {}

  /** It has another etag. */
  record ConditionFailed() implements DeleteFileReply {}

  /** The path may not be written. */
  record Forbidden(String message) implements DeleteFileReply {}
}
