package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Names a file to delete.
 *
 * @param path the file
 * @param ifMatch only if it has one of these etags, comma separated; null for no condition
 */
public record DeleteFileRequest(String path, @Nullable String ifMatch) {}
