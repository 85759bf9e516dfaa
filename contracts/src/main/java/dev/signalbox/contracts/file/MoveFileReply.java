package dev.signalbox.contracts.file;

/** What became of a file to move or to copy. */
public sealed interface MoveFileReply {

  /**
   * It is at its new path, whole and on disk.
   *
   * @param file what is there
   * @param created whether the path was new
   */
  record Done(FileInfo file, boolean created) implements MoveFileReply {}

  /** There was no such file. */
  record Missing() implements MoveFileReply {}

  /** It has another etag, or there is a file at the new path that is not to be replaced. */
  record ConditionFailed() implements MoveFileReply {}

  /** One of the paths may not be used so, or both are the same. */
  record Forbidden(String message) implements MoveFileReply {}
}
