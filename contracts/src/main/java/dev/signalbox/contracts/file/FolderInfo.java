package dev.signalbox.contracts.file;

/**
 * A folder as it is now.
 *
 * @param path path under the root, beginning and ending with a slash
 * @param modifiedEpochMs last change of its entries, milliseconds since 1970-01-01 UTC
 */
public record FolderInfo(String path, long modifiedEpochMs) {}
