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
   * The log file beside the messages that were checked.
   *
   * @param intact whether no line differs; a file with fewer lines than messages is only behind
   * @param lines how many lines, from the first, are as they must be
   * @param firstDifferenceLine number of the first line that differs, from 1; null when intact
   */
  public record LogFile(boolean intact, long lines, @Nullable Long firstDifferenceLine) {}
}
