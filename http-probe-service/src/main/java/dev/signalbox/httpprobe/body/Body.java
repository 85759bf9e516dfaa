package dev.signalbox.httpprobe.body;

import org.jspecify.annotations.Nullable;

/**
 * A body as read.
 *
 * @param kept the bytes, unless only counted
 * @param length bytes read, after decompression
 * @param sha256 of the bytes read, lower-case hexadecimal
 * @param truncated whether there was more
 */
@SuppressWarnings("ArrayRecordComponent")
public record Body(byte @Nullable [] kept, long length, String sha256, boolean truncated) {}
