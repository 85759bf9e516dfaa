package dev.signalbox.contracts.file;

/**
 * Tells that a file is another than before, or no more.
 *
 * @param path the file
 */
public record FileChangedEvent(String path) {}
