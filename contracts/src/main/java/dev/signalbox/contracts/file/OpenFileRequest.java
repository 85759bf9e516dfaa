package dev.signalbox.contracts.file;

import java.util.List;

/**
 * Names a file to open.
 *
 * @param path decoded path; a directory means its {@code index.html}
 * @param encodings content codings the client accepts, best first ({@code br, zstd, gzip}); a
 *     precompressed sibling in one of them is preferred
 */
public record OpenFileRequest(String path, List<String> encodings) {}
