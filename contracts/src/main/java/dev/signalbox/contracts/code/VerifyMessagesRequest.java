package dev.signalbox.contracts.code;

import org.jspecify.annotations.Nullable;

/**
 * Asks whether the log is as it was written, and whether an earlier state of it is its beginning.
 * Both of the earlier state or none.
 *
 * @param size how many messages the earlier state had, from 0
 * @param headHash hash of its last message, 64 hexadecimal digits; zeros for size 0
 */
public record VerifyMessagesRequest(@Nullable Long size, @Nullable String headHash) {

  /** Asks about no earlier state. */
  public static final VerifyMessagesRequest ALL = new VerifyMessagesRequest(null, null);
}
