package dev.signalbox.contracts.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of files.
 *
 * @param files in the order of their paths, without dotfiles; may be fewer than asked for, even
 *     none, when a large tree had to be looked through
 * @param next what to ask for {@code after}; null when there is nothing more
 * @param folders in the order of their paths, before all files; null unless a folder was asked for
 */
public record ListFilesReply(
    List<FileInfo> files, @Nullable String next, @Nullable List<FolderInfo> folders) {}
