package dev.signalbox.file.upload;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One upload under way: a hidden file beside where it will be, locked so that a replica that starts
 * meanwhile can tell it from an abandoned one. One thread at a time; the caller sees to that.
 */
sealed class Upload permits ResumedUpload {

  private final BeginUploadRequest request;
  private final @Nullable TreePath target;
  private final HeldDirectory directory;
  private final String name;
  private final FileChannel channel;
  private long written;
  private boolean open = true;

  /**
   * @param written bytes that are there already
   */
  Upload(
      BeginUploadRequest request,
      @Nullable TreePath target,
      HeldDirectory directory,
      String name,
      FileChannel channel,
      long written) {
    this.request = request;
    this.target = target;
    this.directory = directory;
    this.name = name;
    this.channel = channel;
    this.written = written;
  }

  /**
   * Begins one.
   *
   * @param target where it goes; null for a new name
   * @param directory where the hidden file is; the upload closes it
   * @param name of the hidden file
   */
  static Upload begin(
      BeginUploadRequest request, @Nullable TreePath target, HeldDirectory directory, String name)
      throws IOException {
    FileChannel channel;
    try {
      channel =
          directory.open(
              name,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
    } catch (IOException | RuntimeException e) {
      directory.close();
      throw e;
    }
    try {
      channel.tryLock();
    } catch (IOException | RuntimeException e) {
      channel.close();
      directory.delete(name);
      directory.close();
      throw e;
    }
    return new Upload(request, target, directory, name, channel, 0);
  }

  BeginUploadRequest request() {
    return request;
  }

  @Nullable TreePath target() {
    return target;
  }

  /** Where the hidden file is. */
  HeldDirectory directory() {
    return directory;
  }

  /** The hidden file's name. */
  String name() {
    return name;
  }

  long written() {
    return written;
  }

  boolean open() {
    return open;
  }

  /**
   * Writes a piece. One that was written before, sent again because its acknowledgement was lost,
   * changes nothing.
   */
  void append(long offset, Binary data, long maxBytes) throws IOException {
    long end = offset + data.length();
    if (offset >= 0 && end <= written && data.length() > 0) {
      return;
    }
    if (offset != written) {
      throw new ServiceException(
          ErrorCode.CONFLICT, "the next piece begins at " + written + ", not at " + offset);
    }
    if (end > maxBytes) {
      throw UploadLimits.tooLarge(maxBytes);
    }
    ByteBuffer buffer = ByteBuffer.wrap(data.bytes());
    while (buffer.hasRemaining()) {
      channel.write(buffer, offset + buffer.position());
    }
    written = end;
  }

  /** What was written, from its beginning; leaves the file open. */
  InputStream content() {
    return new InputStream() {
      private long at;

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = channel.read(ByteBuffer.wrap(bytes, offset, length), at);
        at += Math.max(0, count);
        return count;
      }
    };
  }

  /** Makes what was written survive a loss of power. */
  void sync() throws IOException {
    channel.force(true);
  }

  /** Ends it; this one removes the hidden file if it still has its hidden name. */
  void close() throws IOException {
    if (!open) {
      return;
    }
    open = false;
    try (directory;
        channel) {
      release(channel);
    }
  }

  /** What is done with the hidden file at the end, while it is still open. */
  void release(FileChannel channel) throws IOException {
    directory.delete(name);
  }
}
