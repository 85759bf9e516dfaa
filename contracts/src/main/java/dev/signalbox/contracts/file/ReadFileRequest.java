package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a piece of a file.
 *
 * @param path as in its {@link FileInfo}
 * @param encoding as in its {@link FileInfo}
 * @param etag as in its {@link FileInfo}: a file that changed meanwhile is not mixed with its
 *     predecessor
 * @param offset first byte, from 0
 * @param length at most so many bytes, 1 to 1,048,576
 */
public record ReadFileRequest(
    String path, @Nullable String encoding, String etag, long offset, int length) {}
