package dev.signalbox.file.upload;

import dev.signalbox.file.tree.HeldDirectory;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The bytes of a resumable upload, open and locked against every other process and thread.
 *
 * @param id of the upload; the name of the file
 * @param directory it is in; closed with it
 * @param unlock runs when the file is closed
 */
record LockedContent(String id, HeldDirectory directory, FileChannel channel, Runnable unlock)
    implements Closeable {

  /** Adds a copy of another's bytes, which the system makes. */
  void addAll(LockedContent other) throws IOException {
    long size = other.channel.size();
    long copied = 0;
    channel.position(channel.size());
    while (copied < size) {
      long count = other.channel.transferTo(copied, size - copied, channel);
      if (count <= 0) {
        throw new EOFException("upload " + other.id + " became shorter");
      }
      copied += count;
    }
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      // The lock among processes goes with the channel, so the one among threads comes after it.
      channel.close();
    } finally {
      unlock.run();
    }
  }
}
