package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of all files under the root, and the limit on them. Bytes are counted before they are
 * written, so uploads at once never go over the limit together. A walk of the tree finds what
 * others changed. Without a limit nothing is counted. Any thread may use it.
 */
public final class TotalBytes {

  private static final Logger LOG = LoggerFactory.getLogger(TotalBytes.class);

  /** The directory of resumable uploads, whose small files of facts do not count. */
  public static final String RESUMABLE = ".resumable";

  private static final Change NO_CHANGE = () -> {};

  private final FileRoot root;
  private final long max;
  private final String ownPrefix;
  private boolean counted;
  private long stored;
  private long reserved;
  private long changing;
  private long changedMeanwhile;

  /**
   * @param max the limit; 0 for none
   * @param ownPrefix of the hidden files of this process, which a walk leaves out: their bytes are
   *     reserved
   */
  public TotalBytes(FileRoot root, long max, String ownPrefix) {
    this.root = root;
    this.max = max;
    this.ownPrefix = ownPrefix;
  }

  /** A change of what is stored, from before it touches the disk until it is counted. */
  public interface Change extends AutoCloseable {
    @Override
    void close();
  }

  /** Whether there is a limit. */
  public boolean limited() {
    return max > 0;
  }

  /** What is stored and reserved. */
  synchronized long used() {
    return stored + reserved;
  }

  /**
   * Begins a change. A walk at the same time may see it or not.
   *
   * @param bytes that appear, disappear or get another name
   */
  public Change changing(long bytes) {
    if (!limited()) {
      return NO_CHANGE;
    }
    synchronized (this) {
      changing += bytes;
      changedMeanwhile += bytes;
    }
    return () -> {
      synchronized (this) {
        changing -= bytes;
      }
    };
  }

  /**
   * Checks whether there is room, without taking any.
   *
   * @param more bytes to come
   * @param whole bytes of the whole file, with those that are here
   * @param target where the file will be; until it replaces the file there, that file may be too
   *     much; null for a new name
   * @throws ServiceException INSUFFICIENT_STORAGE when there is none; OVERLOADED while the files
   *     are counted for the first time
   */
  public void requireRoom(long more, long whole, @Nullable TreePath target) throws IOException {
    take(more, whole, target, () -> {});
  }

  /** Reserves bytes of an upload under way; parameters and faults as {@link #requireRoom}. */
  public void reserve(long more, long whole, @Nullable TreePath target) throws IOException {
    take(more, whole, target, () -> reserved += more);
  }

  /** Counts bytes about to be stored; parameters and faults as {@link #requireRoom}. */
  public void add(long more, long whole, @Nullable TreePath target) throws IOException {
    take(more, whole, target, () -> stored += more);
  }

  private void take(long more, long whole, @Nullable TreePath target, Runnable count)
      throws IOException {
    if (!limited() || more <= 0 || tryTake(more, whole, 0, count)) {
      return;
    }
    // Looked at only now: far from the limit uploads need not know what they replace.
    if (target == null || !tryTake(more, whole, size(target), count)) {
      throw new ServiceException(
          ErrorCode.INSUFFICIENT_STORAGE,
          "the quota of all files, " + max + " bytes (file.max-total-bytes), has no room for it");
    }
  }

  private long size(TreePath target) throws IOException {
    return root.find(target) instanceof FileRoot.Existing(Path _, BasicFileAttributes attributes)
            && attributes.isRegularFile()
        ? attributes.size()
        : 0;
  }

  private synchronized boolean tryTake(long more, long whole, long replaced, Runnable count) {
    if (!counted) {
      throw new ServiceException(
          ErrorCode.OVERLOADED,
          "file-service is still counting its files for the quota file.max-total-bytes");
    }
    // A file no longer than the one it replaces never makes the sum grow, even over the limit.
    if (whole > replaced && stored + reserved > max + replaced - more) {
      return false;
    }
    count.run();
    return true;
  }

  /** Gives reserved bytes back. */
  public void release(long bytes) {
    if (limited()) {
      synchronized (this) {
        reserved -= bytes;
      }
    }
  }

  /**
   * Counts an upload that is a visible file now.
   *
   * @param wasReserved bytes reserved for it
   * @param bytes of the file
   * @param replaced bytes of the file that it replaced
   */
  public void placed(long wasReserved, long bytes, long replaced) {
    if (limited()) {
      synchronized (this) {
        reserved -= wasReserved;
        stored += bytes - replaced;
      }
    }
  }

  /** Counts bytes that are gone. */
  public void removed(long bytes) {
    placed(0, 0, bytes);
  }

  /**
   * Counts all files. Blocks on the disk, for as long as it takes to go through the whole tree; one
   * walk at a time.
   *
   * @param stop asked at each file
   */
  public void count(BooleanSupplier stop) throws IOException {
    synchronized (this) {
      changedMeanwhile = changing;
    }
    Walk walk = new Walk(stop);
    Files.walkFileTree(root.real(), walk);
    if (!walk.stopped) {
      correct(walk.sum);
    }
  }

  /** The walk may have missed what changed meanwhile; any other difference others have made. */
  private synchronized void correct(long walked) {
    stored =
        counted
            ? Math.clamp(stored, walked - changedMeanwhile, walked + changedMeanwhile)
            : walked + changedMeanwhile;
    counted = true;
  }

  private final class Walk extends SimpleFileVisitor<Path> {
    private final Path resumable = root.real().resolve(RESUMABLE);
    private final BooleanSupplier stop;
    private long sum;
    private boolean stopped;

    Walk(BooleanSupplier stop) {
      this.stop = stop;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      boolean facts = name.indexOf('.') >= 0 && resumable.equals(file.getParent());
      if (attributes.isRegularFile() && !facts && !name.startsWith(ownPrefix)) {
        sum += attributes.size();
      }
      stopped = stop.getAsBoolean();
      return stopped ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      LOG.debug("not counted: {}", e.toString());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
      return FileVisitResult.CONTINUE;
    }
  }
}
