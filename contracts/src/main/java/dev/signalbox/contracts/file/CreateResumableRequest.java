package dev.signalbox.contracts.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creates a resumable upload.
 *
 * @param path where the file will be; null for a new name under {@code /uploads/}
 * @param lengthBytes bytes of the whole; -1 when not known yet. More than allowed is TOO_LARGE
 * @param metadata kept and reported unchanged; printable ASCII of at most {@value
 *     #MAX_METADATA_BYTES} bytes; null for nothing
 * @param concat kept and reported unchanged; {@code partial} is never made a visible file; null for
 *     an upload of its own
 * @param parts ids of complete partial uploads whose content, in this order, is the whole; at most
 *     {@value #MAX_PARTS}; empty for an upload that gets its bytes from the client
 * @param ifMatch replace only a file with one of these etags, comma separated, or "*" for any
 *     existing; null for no condition
 * @param ifNoneMatch "*" to create only; null for no condition
 */
public record CreateResumableRequest(
    @Nullable String path,
    long lengthBytes,
    @Nullable String metadata,
    @Nullable String concat,
    List<String> parts,
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch) {

  /** The longest metadata. */
  public static final int MAX_METADATA_BYTES = 4_096;

  /** The longest {@code concat}. */
  public static final int MAX_CONCAT_BYTES = 16_384;

  /** The most parts. */
  public static final int MAX_PARTS = 256;

  public CreateResumableRequest {
    parts = List.copyOf(parts);
  }
}
