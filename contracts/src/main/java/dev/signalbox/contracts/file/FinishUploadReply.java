package dev.signalbox.contracts.file;

/** What became of an upload. */
public sealed interface FinishUploadReply {

  /**
   * The file is visible and on disk.
   *
   * @param file what it is
   * @param created whether the path was new
   */
  record Stored(FileInfo file, boolean created) implements FinishUploadReply {}

  /** The content is not of the kind declared, or empty; nothing is left of it. */
  record Rejected(String message) implements FinishUploadReply {}

  /** A resumable upload is kept: bytes are missing, or it is a part of another one. */
  record Kept(ResumableUpload upload) implements FinishUploadReply {}

  /** A condition of the request no longer holds; nothing is left of the upload. */
  record ConditionFailed() implements FinishUploadReply {}
}
