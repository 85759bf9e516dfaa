package dev.signalbox.contracts.file;

/** Whether a resumable upload may be carried on. */
public sealed interface ResumeUploadReply {

  /**
   * It may: append pieces from the offset on, then finish it, or abort it to keep what is there.
   *
   * @param uploadId names it in the calls that follow
   * @param node instance that holds it
   * @param idleMs without a call for so many milliseconds it is let go; above 0
   */
  record Resumed(String uploadId, String node, long idleMs) implements ResumeUploadReply {}

  /** The upload is somewhere else. */
  record OffsetDiffers(long offset) implements ResumeUploadReply {}

  /** Another call is carrying it on. */
  record Locked() implements ResumeUploadReply {}

  /** It is made of other uploads, so nothing can be added. */
  record Final() implements ResumeUploadReply {}
}
