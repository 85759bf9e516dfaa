package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** A copy of a file under way: an upload whose bytes come from the disk. */
final class CopiedFile extends Upload {

  /** What one turn of a disk thread copies: others wait no longer than for that. */
  private static final long SLICE_BYTES = 8 << 20;

  private final CopySource source;
  private final FileChannel channel;

  /**
   * @param source closed with this
   * @param directory where the hidden file is; closed with this
   * @param name of the hidden file
   * @param channel of the hidden file; closed with this
   */
  CopiedFile(
      TotalBytes total,
      CopySource source,
      BeginUploadRequest request,
      TreePath target,
      HeldDirectory directory,
      String name,
      FileChannel channel) {
    super(total, request, target, directory, name, channel, new TotalBytes.Loan(target), 0);
    this.source = source;
    this.channel = channel;
  }

  /**
   * Copies the next slice, which the system does.
   *
   * @return whether that was the last one
   * @throws ServiceException CONFLICT when the source is changed meanwhile
   */
  boolean copySlice() throws IOException {
    long at = written();
    long left = source.sizeBytes() - at;
    if (left > 0) {
      try (TotalBytes.Change _ = count(source.sizeBytes())) {
        channel.position(at);
        long count = source.channel().transferTo(at, Math.min(left, SLICE_BYTES), channel);
        if (count <= 0) {
          throw changed();
        }
        written(at + count);
        left -= count;
      }
    }
    if (left == 0 && source.changedInPlace()) {
      throw changed();
    }
    return left == 0;
  }

  private static ServiceException changed() {
    return new ServiceException(ErrorCode.CONFLICT, "the file was changed while it was copied");
  }

  @Override
  void release(FileChannel hidden) throws IOException {
    try (source) {
      super.release(hidden);
    }
  }
}
