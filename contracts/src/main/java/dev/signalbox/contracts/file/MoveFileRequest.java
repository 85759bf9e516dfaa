package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Names a file to move or to copy.
 *
 * @param from the file
 * @param to where it will be; directories above are made if they are missing
 * @param overwrite whether a file there is replaced
 * @param ifMatch only if the file at {@code from} has one of these etags, comma separated; null for
 *     no condition
 * @param ifNoneMatch only if the file at {@code from} has none of these etags; null for no
 *     condition
 */
public record MoveFileRequest(
    String from,
    String to,
    boolean overwrite,
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch) {}
