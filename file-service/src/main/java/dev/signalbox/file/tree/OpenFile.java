package dev.signalbox.file.tree;

import dev.signalbox.contracts.file.HeldFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One version of a file, open until its last user releases it. */
final class OpenFile implements HeldFile {

  private final FileChannel channel;
  private final Path real;
  private final FileVersion version;
  private final Consumer<FileChannel> closer;
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * An open file with one user, the caller.
   *
   * @param real where it was opened
   * @param closer closes the channel where that may wait: the space of a removed file is freed then
   */
  OpenFile(FileChannel channel, Path real, FileVersion version, Consumer<FileChannel> closer) {
    this.channel = channel;
    this.real = real;
    this.version = version;
    this.closer = closer;
  }

  @Override
  public boolean retain() {
    return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  @Override
  public void release() {
    if (users.decrementAndGet() == 0) {
      closer.accept(channel);
    }
  }

  @Override
  public FileChannel channel() {
    return channel;
  }

  Path real() {
    return real;
  }

  FileVersion version() {
    return version;
  }
}
