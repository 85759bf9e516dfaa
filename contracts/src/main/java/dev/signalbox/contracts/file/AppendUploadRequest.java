package dev.signalbox.contracts.file;

import dev.signalbox.contracts.Binary;

/**
 * A piece of an upload.
 *
 * @param uploadId from {@link BeginUploadReply.Begun}
 * @param offset where the piece begins, from 0; pieces come in order
 * @param data at most 1,048,576 bytes; none when the client is slow and the upload goes on
 */
public record AppendUploadRequest(String uploadId, long offset, Binary data) {}
