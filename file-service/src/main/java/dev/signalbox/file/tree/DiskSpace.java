package dev.signalbox.file.tree;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Watches whether the disk has room for uploads, so that the service can tell before one fails. */
public final class DiskSpace {

  /** Less than this is none: a directory and the start of a file need some. */
  private static final long LEAST_BYTES = 1 << 20;

  private final Callable<Long> usableBytes;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile @Nullable String problem;

  DiskSpace(Callable<Long> usableBytes) {
    this.usableBytes = usableBytes;
  }

  /** Watches the disk that a directory is on. */
  public static DiskSpace of(Path directory) {
    return new DiskSpace(() -> Files.getFileStore(directory).getUsableSpace());
  }

  /** Looks on a thread that may wait for the disk; one look at a time, for a disk may hang. */
  public void look(DiskThreads threads) {
    if (looking.compareAndSet(false, true)) {
      threads
          .run(usableBytes)
          .onComplete(usable -> {
            looking.set(false);
            if (usable.failed()) {
              problem = "file-service cannot use its disk";
            } else if (usable.result() < LEAST_BYTES) {
              problem = "file-service has no room on its disk";
            } else {
              problem = null;
            }
          });
    }
  }

  /** Whether the disk has no room now; false when it cannot say. Blocks on the disk. */
  boolean isFull() {
    try {
      return usableBytes.call() < LEAST_BYTES;
    } catch (Exception _) {
      return false;
    }
  }

  /** What keeps uploads from being stored; null when nothing does, as far as is known. */
  public @Nullable String problem() {
    return problem;
  }
}
