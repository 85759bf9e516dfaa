package dev.signalbox.contracts.ping;

import dev.signalbox.contracts.Binary;
import org.jspecify.annotations.Nullable;

/**
 * A task's result.
 *
 * @param taskIndex any number; one without a task is answered {@link SubmitResultReply.UnknownTask}
 * @param leaseToken proves the lease; null on the classic face, which does not know tokens
 * @param format how {@code data} is to be read
 * @param data the result; of a wrong length or content it is answered {@link
 *     SubmitResultReply.Invalid}
 */
public record SubmitResultRequest(
    long taskIndex, @Nullable String leaseToken, Format format, Binary data) {

  /** How a result is written. */
  public enum Format {
    /** 65,536 characters 0 or 1, position {@code c*256+d} for address {@code ….c.d}. */
    TEXT,
    /** 8,192 bytes, bit 7 of byte 0 for address {@code ….0.0}. */
    BITMAP,
    /** 65,536 bytes, one round-trip-time code for each address, 0 for no answer. */
    RTT
  }
}
