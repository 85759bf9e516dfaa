package dev.signalbox.contracts.file;

/**
 * Ends an upload.
 *
 * @param uploadId from {@link BeginUploadReply.Begun}
 * @param totalBytes how many bytes were appended; must be right
 */
public record FinishUploadRequest(String uploadId, long totalBytes) {}
