package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.time.Duration;

/**
 * What uploads may take.
 *
 * @param atOnce how many may be in flight
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
    Duration resumableExpiry) {

  /**
   * Checks the length of an upload.
   *
   * @throws ServiceException TOO_LARGE
   */
  void requireLength(long bytes) {
    if (bytes > maxBytes) {
      throw tooLarge(maxBytes);
    }
  }

  static ServiceException tooLarge(long maxBytes) {
    return new ServiceException(
        ErrorCode.TOO_LARGE, "an upload may hold at most " + maxBytes + " bytes");
  }
}
