package dev.signalbox.contracts.file;

/** Whether an upload may begin. */
public sealed interface BeginUploadReply {

  /**
   * It may.
   *
   * @param uploadId names it in the calls that follow
   * @param node instance that holds it
   * @param idleMs an upload without a call for so many milliseconds is aborted; above 0
   */
  record Begun(String uploadId, String node, long idleMs) implements BeginUploadReply {}

  /** A condition of the request does not hold. */
  record ConditionFailed() implements BeginUploadReply {}

  /** The path may not be written. */
  record Forbidden(String message) implements BeginUploadReply {}
}
