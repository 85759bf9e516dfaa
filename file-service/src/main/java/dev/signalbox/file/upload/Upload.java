package dev.signalbox.file.upload;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TotalBytes.Loan;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * One upload under way: a hidden file beside where it will be, locked so that a replica that starts
 * meanwhile can tell it from an abandoned one. One thread at a time; the caller sees to that.
 */
sealed class Upload permits CopiedFile, ResumedUpload {

  private static final Change NO_CHANGE = () -> {};

  private final TotalBytes total;
  private final BeginUploadRequest request;
  private final @Nullable TreePath target;
  private final HeldDirectory directory;
  private final String name;
  private final FileChannel channel;
  private long written;
  private final Loan loan;
  private long reserved;
  private boolean open = true;

  /**
   * @param loan what it may go over the limit of all files
   * @param written bytes that are there already
   */
  Upload(
      TotalBytes total,
      BeginUploadRequest request,
      @Nullable TreePath target,
      HeldDirectory directory,
      String name,
      FileChannel channel,
      Loan loan,
      long written) {
    this.total = total;
    this.request = request;
    this.target = target;
    this.directory = directory;
    this.name = name;
    this.channel = channel;
    this.loan = loan;
    this.written = written;
  }

  /**
   * Begins one.
   *
   * @param total counts its bytes
   * @param target where it goes; null for a new name
   * @param directory where the hidden file is; the upload closes it
   * @param name of the hidden file
   */
  static Upload begin(
      TotalBytes total,
      BeginUploadRequest request,
      @Nullable TreePath target,
      HeldDirectory directory,
      String name)
      throws IOException {
    FileChannel channel = create(directory, name);
    return new Upload(total, request, target, directory, name, channel, new Loan(target), 0);
  }

  /** Creates and locks a hidden file; closes the directory when that fails. */
  static FileChannel create(HeldDirectory directory, String name) throws IOException {
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
    return channel;
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
    try (Change _ = count(end)) {
      ByteBuffer buffer = ByteBuffer.wrap(data.bytes());
      while (buffer.hasRemaining()) {
        channel.write(buffer, offset + buffer.position());
      }
      written = end;
    }
  }

  /**
   * Counts what is about to be written; the whole of an upload that has said its length. An upload
   * that has no bytes yet is not counted: silent clients must not keep room from others.
   *
   * @param end how many bytes are there then
   */
  Change count(long end) throws IOException {
    reserve(total.ofFile(Math.max(end, request.declaredBytes())));
    return NO_CHANGE;
  }

  private void reserve(long whole) throws IOException {
    if (whole > reserved) {
      total.reserve(whole - reserved, loan);
      reserved = whole;
    }
  }

  /** Notes that so much was written, by another way than {@link #append}. */
  void written(long bytes) {
    written = bytes;
  }

  /**
   * Gives the file its name.
   *
   * @param replaced the file that has this name, and is gone then; null for none
   * @param placing does it; returns whether it did
   * @throws ServiceException INSUFFICIENT_STORAGE when it fitted only because of a longer file
   *     there, or is empty and does not fit
   */
  boolean place(@Nullable BasicFileAttributes replaced, Placing placing) throws IOException {
    long gone = total.ofFile(replaced);
    try (Change _ = count(written);
        Change _ = total.changing(total.ofFile(written) + gone)) {
      total.requireReturn(loan, gone);
      boolean placed = placing.place();
      if (placed) {
        placed(gone);
      }
      return placed;
    }
  }

  /** Gives a hidden file its name. */
  interface Placing {
    boolean place() throws IOException;
  }

  /**
   * Counts the file, which has its name now.
   *
   * @param replaced what the file that had this name counted
   */
  void placed(long replaced) {
    total.placed(reserved, total.ofFile(written), replaced, loan);
    reserved = 0;
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
    // If it cannot be removed it stays counted: a walk leaves hidden files of this process out.
    directory.delete(name);
    total.release(reserved, loan);
    reserved = 0;
  }
}
