package dev.signalbox.gateway.audit;

import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines that is renamed when it would become too long: {@code NAME.1} is the latest of
 * the old ones. It holds whole lines only, also after a write that failed. Used by one thread at a
 * time; one process at a time has it open.
 */
final class RotatingFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RotatingFile.class);

  private final Path file;
  private final long maxBytes;
  private final int kept;
  private final FileMutex mutex;
  private @Nullable FileChannel channel;
  private long size;
  private boolean cannotRotate;

  private RotatingFile(Path file, long maxBytes, int kept, FileMutex mutex) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.kept = kept;
    this.mutex = mutex;
  }

  /**
   * Opens or makes the file, for its owner alone.
   *
   * @param maxBytes after which it is renamed; a single line may be longer
   * @param kept how many old files are kept
   * @throws IOException when it cannot be written or another process writes it
   */
  static RotatingFile open(Path file, long maxBytes, int kept) throws IOException {
    FileMutex mutex =
        FileMutex.tryAcquire(file.resolveSibling(file.getFileName() + ".lock"))
            .orElseThrow(() -> new IOException("another process writes " + file));
    RotatingFile opened = new RotatingFile(file, maxBytes, kept, mutex);
    try {
      opened.channel();
      return opened;
    } catch (IOException | RuntimeException e) {
      mutex.close();
      throw e;
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      PrivateFiles.createFile(file);
      open = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        size = endLine(open);
      } catch (IOException | RuntimeException e) {
        open.close();
        throw e;
      }
      channel = open;
    }
    return open;
  }

  /** Ends a line that a process left half written when it died; returns the size of the file. */
  private static long endLine(FileChannel open) throws IOException {
    long end = open.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    if (end == 0 || open.read(last, end - 1) < 1 || last.get(0) == '\n') {
      return end;
    }
    return end + open.write(ByteBuffer.wrap(new byte[] {'\n'}), end);
  }

  /**
   * Appends whole lines.
   *
   * @throws IOException when they cannot be written; then none of them is in the file
   */
  void append(byte[] lines) throws IOException {
    FileChannel open = channel();
    if (size > 0 && size + lines.length > maxBytes) {
      rotate();
      open = channel();
    }
    ByteBuffer bytes = ByteBuffer.wrap(lines);
    try {
      long at = size;
      while (bytes.hasRemaining()) {
        at += open.write(bytes, at);
      }
      size = at;
    } catch (IOException e) {
      undo(open);
      throw e;
    }
  }

  /** Removes what was written of lines that have no room; the next lines open the file again. */
  private void undo(FileChannel open) {
    channel = null;
    try (open) {
      open.truncate(size);
    } catch (IOException e) {
      LOG.debug("cannot truncate {}: {}", file, e.toString());
    }
  }

  private void rotate() throws IOException {
    discard();
    try {
      Files.deleteIfExists(old(kept));
      for (int number = kept - 1; number >= 1; number--) {
        if (Files.exists(old(number))) {
          Files.move(old(number), old(number + 1), StandardCopyOption.ATOMIC_MOVE);
        }
      }
      Files.move(file, old(1), StandardCopyOption.ATOMIC_MOVE);
      cannotRotate = false;
    } catch (IOException e) {
      if (!cannotRotate) {
        LOG.warn("cannot rotate {}; appending to it beyond its limit: {}", file, e.toString());
        cannotRotate = true;
      }
    }
  }

  private Path old(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  private void discard() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  /** Brings what was written to the disk and closes the file. */
  @Override
  public void close() throws IOException {
    try {
      FileChannel open = channel;
      if (open != null) {
        open.force(true);
      }
      discard();
    } finally {
      mutex.close();
    }
  }
}
