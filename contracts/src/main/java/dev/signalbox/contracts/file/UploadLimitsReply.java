package dev.signalbox.contracts.file;

/**
 * What uploads may take.
 *
 * @param maxBytes the longest upload
 */
public record UploadLimitsReply(long maxBytes) {}
