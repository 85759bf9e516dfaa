package dev.signalbox.contracts.file;

import dev.signalbox.contracts.ByReference;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A file that is open until its last user releases it, for callers in the process that opened it:
 * what they read is the version that was found, whatever becomes of the name. Safe for use by
 * several threads.
 */
public final class HeldFile implements ByReference {

  private final FileChannel channel;
  private final Consumer<FileChannel> closer;
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * An open file with one user, the caller.
   *
   * @param closer closes the channel where that may wait: the space of a removed file is freed then
   */
  public HeldFile(FileChannel channel, Consumer<FileChannel> closer) {
    this.channel = channel;
    this.closer = closer;
  }

  /**
   * Keeps the file open until a {@link #release} of the caller's own.
   *
   * @return false when it is closed already; then it must be found again
   */
  public boolean retain() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Ends what one {@link #retain} began. The last one closes the file. */
  public void release() {
    if (users.decrementAndGet() == 0) {
      closer.accept(channel);
    }
  }

  /** The open file, to be read by position and not to be closed; valid while it is retained. */
  public FileChannel channel() {
    return channel;
  }
}
