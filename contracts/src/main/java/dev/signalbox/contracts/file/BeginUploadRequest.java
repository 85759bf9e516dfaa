package dev.signalbox.contracts.file;

import org.jspecify.annotations.Nullable;

/**
 * Opens an upload.
 *
 * @param path where the file will be; null for a new name under {@code /uploads/}
 * @param kind what the content must be; decides the ending of a new name
 * @param declaredBytes Content-Length; -1 when unknown. More than allowed is TOO_LARGE at once
 * @param ifMatch replace only a file with one of these etags, comma separated, or "*" for any
 *     existing; null for no condition
 * @param ifNoneMatch "*" to create only; null for no condition
 * @param fileName the client's own name of the file; a new name keeps its ending when that is known
 *     and no browser runs what has it; null for none
 */
public record BeginUploadRequest(
    @Nullable String path,
    Kind kind,
    long declaredBytes,
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable String fileName) {

  /** An upload without a name of the client's. */
  public BeginUploadRequest(
      @Nullable String path,
      Kind kind,
      long declaredBytes,
      @Nullable String ifMatch,
      @Nullable String ifNoneMatch) {
    this(path, kind, declaredBytes, ifMatch, ifNoneMatch, null);
  }

  /** What an upload holds. */
  public enum Kind {
    /**
     * One JSON document in UTF-8 (RFC 8259), checked before the file becomes visible; {@code
     * .json}.
     */
    JSON,
    /** Any bytes, shown as text; {@code .txt} unless the file's own name has an ending. */
    TEXT,
    /** Any bytes; {@code .bin} unless the file's own name has an ending. */
    BYTES
  }
}
