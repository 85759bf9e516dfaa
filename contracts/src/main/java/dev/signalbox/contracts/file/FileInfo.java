package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * A file as it is now.
 *
 * @param path path under the root, beginning with a slash; of the file asked for, not of a
 *     compressed sibling
 * @param sizeBytes bytes that will be sent (of the sibling, if one was chosen)
 * @param modifiedEpochMs last modification, milliseconds since 1970-01-01 UTC
 * @param etag strong entity tag (RFC 9110 section 8.8.3) with its quotes; differs between codings
 * @param mediaType by the name's ending, such as {@code text/html; charset=utf-8}
 * @param encoding content coding of the sibling chosen; null for the file itself
 */
public record FileInfo(
    String path,
    long sizeBytes,
    long modifiedEpochMs,
    String etag,
    String mediaType,
    @Nullable String encoding) {}
