package dev.signalbox.file.upload;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** A resumable upload that a call carries on: what was written stays when the call ends. */
final class ResumedUpload extends Upload {

  private final LockedContent content;
  private final ResumableFacts facts;
  private final long begin;
  private boolean discards;

  /**
   * @param content closed with this
   * @param facts as they are on disk
   * @param written its offset
   * @param checked whether what is appended is discarded unless {@link #keep} is called
   */
  ResumedUpload(LockedContent content, ResumableFacts facts, long written, boolean checked) {
    super(
        new BeginUploadRequest(
            facts.path(), Kind.BYTES, facts.lengthBytes(), facts.ifMatch(), facts.ifNoneMatch()),
        TreePath.parse(facts.path()) instanceof TreePath.Inside(TreePath path) ? path : null,
        content.directory(),
        content.id(),
        content.channel(),
        written);
    this.content = content;
    this.facts = facts;
    this.begin = written;
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

  /** Keeps what was appended: its checksum is right. */
  void keep() {
    discards = false;
  }

  @Override
  void release(FileChannel channel) throws IOException {
    try (content) {
      if (discards && channel.size() > begin) {
        channel.truncate(begin);
      }
      channel.force(true);
    }
  }
}
