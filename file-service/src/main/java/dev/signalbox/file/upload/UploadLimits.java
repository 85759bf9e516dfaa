package dev.signalbox.file.upload;

import java.time.Duration;

/**
 * What uploads may take.
 *
 * @param atOnce how many may be under way
 * @param maxBytes how long one may be
 * @param idle how long one may go without a new piece
 * @param jsonDepth how deeply a JSON document may nest
 */
public record UploadLimits(int atOnce, long maxBytes, Duration idle, int jsonDepth) {}
