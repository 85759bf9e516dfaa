package dev.signalbox.contracts.file;

/**
 * A file was created, replaced or deleted.
 *
 * @param path the file
 */
public record FileChangedEvent(String path) {}
