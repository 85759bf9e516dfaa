package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a range of a file over a connection of its own.
 *
 * @param path as in its {@link FileInfo}
 * @param encoding as in its {@link FileInfo}
 * @param etag as in its {@link FileInfo}: what is sent is this version
 * @param offset first byte, from 0
 * @param length how many bytes, at least 1; the range lies within the file
 */
public record SendFileRequest(
    String path, @Nullable String encoding, String etag, long offset, long length) {}
