package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of files.
 *
 * @param prefix only paths that begin so; "/" for all
 * @param after only paths that sort after this one, the last page's {@code next}; null for the
 *     first page
 * @param limit at most so many, 1 to 1,000
 * @param folder only what is directly in the folder {@code prefix}, which ends in a slash: its
 *     folders first, then its files; NOT_FOUND when there is no such folder
 */
public record ListFilesRequest(String prefix, @Nullable String after, int limit, boolean folder) {}
