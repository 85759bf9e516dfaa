package dev.signalbox.file.upload;

import java.time.Duration;

/**
 * What uploads may take.
 *
 * @param atOnce how many may be under way
 * @param maxBytes how long one may be
 * @param idle how long one may go without a new piece
 * @param jsonDepth how deeply a JSON document may nest
 * @param resumable how many resumable ones may be unfinished
 * @param resumableExpiry how long a resumable one is kept after its last piece
 */
public record UploadLimits(
    int atOnce,
    long maxBytes,
    Duration idle,
    int jsonDepth,
    int resumable,
    Duration resumableExpiry) {}
