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
 * @param coding how {@code data} is packed; null for {@link Coding#IDENTITY}
 * @param client the address the request came from, as text; null when unknown
 */
public record SubmitResultRequest(
    long taskIndex,
    @Nullable String leaseToken,
    Format format,
    Binary data,
    @Nullable Coding coding,
    @Nullable String client) {

  /** How a result is written. */
  public enum Format {
    /** 65,536 characters 0 or 1, position {@code c*256+d} for address {@code ….c.d}. */
    TEXT,
    /** 8,192 bytes, bit 7 of byte 0 for address {@code ….0.0}. */
    BITMAP,
    /** 65,536 bytes, one round-trip-time code for each address, 0 for no answer. */
    RTT,
    /** 8,192 bytes of {@link #BITMAP} or 65,536 of {@link #RTT}; the length tells. */
    BYTES
  }

  /** How the bytes are packed. */
  public enum Coding {
    /** They are not. */
    IDENTITY,
    /** A zstd frame (RFC 8878), which is stored as it came. */
    ZSTD
  }
}
