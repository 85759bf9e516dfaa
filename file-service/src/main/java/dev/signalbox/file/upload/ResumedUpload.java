package dev.signalbox.file.upload;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TotalBytes.Loan;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** A resumable upload that a call carries on: what was written stays when the call ends. */
final class ResumedUpload extends Upload {

  private final TotalBytes total;
  private final LockedContent content;
  private final ResumableFacts facts;
  private final Loan loan;
  private final long begin;
  private boolean discards;
  private long counted;
  private boolean placed;

  /**
   * @param total counts its bytes
   * @param content closed with this
   * @param facts as they are on disk
   * @param loan kept between its calls
   * @param written its offset
   * @param checked whether what is appended is discarded unless {@link #keep} is called
   */
  ResumedUpload(
      TotalBytes total,
      LockedContent content,
      ResumableFacts facts,
      Loan loan,
      long written,
      boolean checked) {
    super(
        total,
        new BeginUploadRequest(
            facts.path(), Kind.BYTES, facts.lengthBytes(), facts.ifMatch(), facts.ifNoneMatch()),
        facts.at(),
        content.directory(),
        content.id(),
        content.channel(),
        loan,
        written);
    this.total = total;
    this.content = content;
    this.facts = facts;
    this.loan = loan;
    this.begin = written;
    this.counted = written;
    this.discards = checked;
  }

  ResumableFacts facts() {
    return facts;
  }

  @Override
  void append(long offset, Binary data, long maxBytes) throws IOException {
    long length = facts.lengthBytes();
    super.append(offset, data, length < 0 ? maxBytes : Math.min(length, maxBytes));
  }

  /** What is here between calls is stored, not reserved: any instance may carry it on. */
  @Override
  Change count(long end) throws IOException {
    // A piece that could not be written is counted already when it is sent again, or less of it.
    long more = Math.max(0, end - counted);
    Change change = total.changing(more);
    boolean added = false;
    try {
      total.add(more, loan);
      counted += more;
      added = true;
      return change;
    } finally {
      if (!added) {
        change.close();
      }
    }
  }

  @Override
  void placed(long replaced) {
    placed = true;
    total.placed(0, 0, replaced, loan);
  }

  /** Whether it is a visible file, which may be so although the call failed. */
  boolean isPlaced() {
    return placed;
  }

  /** Keeps what was appended: its checksum is right. */
  void keep() {
    discards = false;
  }

  @Override
  void release(FileChannel channel) throws IOException {
    try (content;
        Change _ = total.changing(counted - begin)) {
      if (discards && channel.size() > begin) {
        channel.truncate(begin);
      }
      // Less than was counted also when a write failed.
      long kept = Math.min(counted, channel.size());
      total.removed(counted - kept, loan);
      counted = kept;
      channel.force(true);
    }
  }
}
