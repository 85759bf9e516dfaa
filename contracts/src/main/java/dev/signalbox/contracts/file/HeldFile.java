package dev.signalbox.contracts.file;

import dev.signalbox.contracts.ByReference;
import java.nio.channels.FileChannel;

/**
 * A file that file-service holds open, for a caller in the same process: what it reads is the
 * version that was found, whatever becomes of the name. Safe for use by several threads.
 */
public interface HeldFile extends ByReference {

  /**
   * Keeps the file open until a {@link #release} of the caller's own.
   *
   * @return false when it is closed already; then it must be found again
   */
  boolean retain();

  /** Ends what one {@link #retain} began. The last one closes the file. */
  void release();

  /** The open file, to be read by position and not to be closed; valid while it is retained. */
  FileChannel channel();
}
