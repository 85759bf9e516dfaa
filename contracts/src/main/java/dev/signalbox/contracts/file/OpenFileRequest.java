package dev.signalbox.contracts.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names a file to open.
 *
 * @param path decoded path; a directory means its {@code index.html}
 * @param encodings content codings the client accepts, best first ({@code br, zstd, gzip}); a
 *     precompressed sibling in one of them is preferred
 * @param known etag of the version that the caller has; null for none
 */
public record OpenFileRequest(String path, List<String> encodings, @Nullable String known) {}
