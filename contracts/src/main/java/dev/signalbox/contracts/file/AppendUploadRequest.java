package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Binary;

/**
 * A piece of an upload.
 *
 * @param uploadId from {@link BeginUploadReply.Begun}
 * @param offset where the piece begins, from 0; pieces come in order
 * @param data 1 to 1,048,576 bytes
 */
public record AppendUploadRequest(String uploadId, long offset, Binary data) {}
