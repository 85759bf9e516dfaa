package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * A resumable upload as it is on disk.
 *
 * @param id names it; 32 hexadecimal digits
 * @param offset bytes that are stored; the next piece begins here
 * @param lengthBytes bytes of the whole; -1 when not declared yet
 * @param metadata what the creator sent with it, unchanged; null for nothing
 * @param concat {@code partial} or {@code final;URLs} as the creator sent it; null for neither
 * @param expiresAtEpochMs from then on it may be removed; milliseconds since 1970-01-01 UTC
 * @param storedPath path of the visible file; null while there is none
 */
public record ResumableUpload(
    String id,
    long offset,
    long lengthBytes,
    @Nullable String metadata,
    @Nullable String concat,
    long expiresAtEpochMs,
    @Nullable String storedPath) {}
