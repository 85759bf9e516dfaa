package dev.signalbox.contracts.file;

/**
 * Gives an upload up.
 *
 * @param uploadId from {@link BeginUploadReply.Begun}
 */
public record AbortUploadRequest(String uploadId) {}
