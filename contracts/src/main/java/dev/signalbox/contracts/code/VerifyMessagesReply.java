package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * What the hash chain and the log file say.
 *
 * @param intact whether every message follows from the one before
 * @param messages how many were checked
 * @param headHash hash of the last message; 64 zeros when there is none
 * @param firstBreak id of the first message that does not follow; null when intact
 * @param consistent whether the earlier state that was asked about is the beginning of this one;
 *     null when none was
 * @param file the log file of the replica that answers; null from versions that do not look at it
 */
public record VerifyMessagesReply(
    boolean intact,
    long messages,
    String headHash,
    @Nullable Long firstBreak,
    @Nullable Boolean consistent,
    @Nullable LogFile file) {

  /**
   * The log file, and those that it was rotated into, beside the messages that were checked.
   *
   * @param intact whether no line differs; files with fewer lines than messages are only behind
   * @param lines how many lines of messages, from the first, are as they must be
   * @param firstDifferenceLine number of the first line that differs, from 1, within its file; null
   *     when intact
   * @param firstDifferenceFile name of that file; null when intact, and from versions without it
   * @param firstMessage id of the first message in the files: above 1 when the oldest files were
   *     deleted; null without any line, and from versions without it
   */
  public record LogFile(
      boolean intact,
      long lines,
      @Nullable Long firstDifferenceLine,
      @Nullable String firstDifferenceFile,
      @Nullable Long firstMessage) {}
}
