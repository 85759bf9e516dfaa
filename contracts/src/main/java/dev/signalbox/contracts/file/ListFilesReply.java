package dev.signalbox.contracts.file;

import java.util.List;

/**
 * A page of files.
 *
 * @param files in the order of their paths, without dotfiles
 * @param more whether there are files after the last one here
 */
public record ListFilesReply(List<FileInfo> files, boolean more) {}
