package dev.signalbox.file.upload;

import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.Clockwork;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.TotalBytes;
import java.io.IOException;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** All that changes the files of a root, with one count of their bytes. */
record CountedUploads(
    Uploads uploads, ResumableUploads resumables, FileRemoval removal, FileMoves moves) {

  /** Begins to count. */
  static CountedUploads of(FileRoot root, TotalBytes total, UploadLimits limits)
      throws IOException {
    total.count(() -> false);
    ChangeLock lock = new ChangeLock(root);
    Clock clock = Clock.systemUTC();
    UploadCommit commit =
        new UploadCommit(root, lock, total, limits, clock, RandomGenerator.getDefault());
    ResumableUploads resumables = new ResumableUploads(root, commit, limits, total, clock, _ -> {});
    Uploads uploads =
        new Uploads(root, commit, resumables, limits, total, "process", "node-1", new Clockwork());
    FileRemoval removal = new FileRemoval(root, lock, total);
    return new CountedUploads(
        uploads, resumables, removal, new FileMoves(root, lock, removal, total));
  }
}
