package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all under the root takes, and the limit on it: the bytes of files, and a fixed number for
 * each file and each directory, so that names without bytes are bounded too. It is counted before
 * it is written, so uploads at once never go over the limit together, except for what is on loan:
 * files that replace others, until they do. A walk of the tree finds what others changed. Without a
 * limit nothing is counted. Any thread may use it.
 */
public final class TotalBytes {

  private static final Logger LOG = LoggerFactory.getLogger(TotalBytes.class);

  /** The directory of resumable uploads, whose small files of facts do not count. */
  public static final String RESUMABLE = ".resumable";

  /** What a file or a directory takes beside its bytes on a disk of the usual kind: a block. */
  public static final int ENTRY_BYTES = 4_096;

  /** Files of the service itself, at the root: few, and made whether there is room or not. */
  private static final String OWN_AT_ROOT = ".signalbox-";

  private static final Change NO_CHANGE = () -> {};

  private final FileRoot root;
  private final long max;
  private final long maxOver;
  private final int entryBytes;
  private final String ownPrefix;

  /** Bytes on loan by the path of the file that will be replaced. */
  private final Map<TreePath, Long> lentByTarget = new HashMap<>();

  private boolean counted;
  private long stored;
  private long reserved;
  private long lent;
  private long changing;
  private long changedMeanwhile;

  /**
   * @param max the limit; 0 for none
   * @param maxOver how far files that replace others may go over the limit, all together
   * @param entryBytes counted for each file and each directory, beside the bytes of a file
   * @param ownPrefix of the hidden files of this process, which a walk leaves out: their bytes are
   *     reserved
   */
  public TotalBytes(FileRoot root, long max, long maxOver, int entryBytes, String ownPrefix) {
    this.root = root;
    this.max = max;
    this.maxOver = maxOver;
    this.entryBytes = entryBytes;
    this.ownPrefix = ownPrefix;
  }

  /** A change of what is stored, from before it touches the disk until it is counted. */
  public interface Change extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * What one upload may go over the limit, because the file that it replaces will be gone. All
   * loans for one path are together no more than the file there.
   */
  public static final class Loan {
    private final @Nullable TreePath target;
    // Guarded by the total.
    private long bytes;

    /**
     * Nothing on loan yet.
     *
     * @param target where the file will be; null for a new name, which replaces nothing
     */
    public Loan(@Nullable TreePath target) {
      this.target = target;
    }
  }

  /** Whether there is a limit. */
  public boolean limited() {
    return max > 0;
  }

  /** What a file of so many bytes counts. */
  public long ofFile(long bytes) {
    return entryBytes + bytes;
  }

  /** What a file counts; nothing when there is none. */
  public long ofFile(@Nullable BasicFileAttributes attributes) {
    return attributes == null ? 0 : ofFile(attributes.size());
  }

  /** What so many directories count, without what is in them. */
  public long ofDirectories(int count) {
    return (long) entryBytes * count;
  }

  /** What is stored and reserved. */
  public synchronized long used() {
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

  /** What is on loan. */
  public synchronized long lent() {
    return lent;
  }

  /**
   * Checks whether there is room, without taking any.
   *
   * @param more bytes to come
   * @param loan of their upload; grows when they fit only because of the file that is replaced
   * @throws ServiceException INSUFFICIENT_STORAGE when there is none; OVERLOADED while the files
   *     are counted for the first time
   */
  public void requireRoom(long more, Loan loan) throws IOException {
    take(more, loan, Taking.NOTHING);
  }

  /** Reserves bytes of an upload under way; parameters and faults as {@link #requireRoom}. */
  public void reserve(long more, Loan loan) throws IOException {
    take(more, loan, Taking.RESERVED);
  }

  /** Counts bytes about to be stored; parameters and faults as {@link #requireRoom}. */
  public void add(long more, Loan loan) throws IOException {
    take(more, loan, Taking.STORED);
  }

  private enum Taking {
    NOTHING,
    RESERVED,
    STORED
  }

  private void take(long more, Loan loan, Taking taking) throws IOException {
    if (!limited() || more <= 0 || tryTake(more, 0, loan, taking)) {
      return;
    }
    // Looked at only now: far from the limit uploads need not know what they replace.
    if (loan.target == null || !tryTake(more, there(loan.target), loan, taking)) {
      throw full();
    }
  }

  private ServiceException full() {
    return new ServiceException(
        ErrorCode.INSUFFICIENT_STORAGE,
        "the quota of all files, " + max + " bytes (file.max-total-bytes), has no room for it");
  }

  private long there(TreePath target) throws IOException {
    return root.find(target) instanceof FileRoot.Existing(Path _, BasicFileAttributes attributes)
            && attributes.isRegularFile()
        ? ofFile(attributes)
        : 0;
  }

  /**
   * @param replaced what the file that is replaced counts; all loans for it are no more than that
   */
  private synchronized boolean tryTake(long more, long replaced, Loan loan, Taking taking) {
    if (!counted) {
      throw new ServiceException(
          ErrorCode.OVERLOADED,
          "file-service is still counting its files for the quota file.max-total-bytes");
    }
    long used = stored + reserved;
    // When others went over the limit, only what is new has to be on loan.
    long missing = more - Math.max(0, max - (used - lent));
    if (missing > 0) {
      long alreadyLent = loan.target == null ? 0 : lentByTarget.getOrDefault(loan.target, 0L);
      if (missing > replaced - alreadyLent || more > maxOver - (used - max)) {
        return false;
      }
    }
    if (taking == Taking.NOTHING) {
      return true;
    }
    if (missing > 0) {
      lend(loan, missing);
    }
    if (taking == Taking.RESERVED) {
      reserved += more;
    } else {
      stored += more;
    }
    return true;
  }

  /** Changes a loan; with the monitor. */
  private void lend(Loan loan, long bytes) {
    TreePath target = loan.target;
    if (bytes == 0 || target == null) {
      return;
    }
    loan.bytes += bytes;
    lent += bytes;
    lentByTarget.merge(target, bytes, (a, b) -> a + b == 0 ? null : a + b);
  }

  /**
   * Requires that what an upload has on loan comes back when it gets its place: the file that it
   * was to replace may be moved or changed since. To be followed by {@link #placed}.
   *
   * @param replaced what the file that it does replace counts
   * @throws ServiceException INSUFFICIENT_STORAGE when it would be over the limit for good
   */
  public synchronized void requireReturn(Loan loan, long replaced) {
    long unreturned = loan.bytes - replaced;
    if (unreturned <= 0) {
      return;
    }
    if (unreturned > max - (stored + reserved - lent)) {
      throw full();
    }
    lend(loan, -unreturned);
  }

  /** Gives reserved bytes back that were not written, or are gone, and ends a loan. */
  public void release(long bytes, Loan loan) {
    placed(bytes, 0, 0, loan);
  }

  /**
   * Counts an upload that is a visible file now, and ends its loan.
   *
   * @param wasReserved what was reserved for it
   * @param bytes what it counts
   * @param replaced what the file that it replaced counts
   */
  public void placed(long wasReserved, long bytes, long replaced, Loan loan) {
    if (limited()) {
      synchronized (this) {
        reserved -= wasReserved;
        stored += bytes - replaced;
        lend(loan, -loan.bytes);
      }
    }
  }

  /** Counts stored bytes of an upload that are gone: the last ones, so they were on loan first. */
  public void removed(long bytes, Loan loan) {
    if (limited()) {
      synchronized (this) {
        stored -= bytes;
        lend(loan, -Math.min(bytes, loan.bytes));
      }
    }
  }

  /** Counts bytes that are gone. */
  public void removed(long bytes) {
    removed(bytes, new Loan(null));
  }

  /**
   * Removes a directory if it is empty, and no longer counts it.
   *
   * @return false when it is not empty
   */
  public boolean removeIfEmpty(HeldDirectory above, String name) throws IOException {
    try (Change _ = changing(entryBytes)) {
      HeldDirectory.Removal removal = above.deleteDirectory(name);
      if (removal == HeldDirectory.Removal.DONE) {
        removed(entryBytes);
      }
      return removal != HeldDirectory.Removal.NOT_EMPTY;
    }
  }

  /**
   * Counts all files and directories. Blocks on the disk, for as long as it takes to go through the
   * whole tree; one walk at a time.
   *
   * @param stop asked at each of them
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
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      if (!directory.equals(root.real()) && !directory.equals(resumable)) {
        sum += entryBytes;
      }
      return goOn();
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (counts(file, String.valueOf(file.getFileName()))) {
        // A link or a device has no bytes of its own.
        sum += attributes.isRegularFile() ? ofFile(attributes) : entryBytes;
      }
      return goOn();
    }

    private boolean counts(Path file, String name) {
      boolean facts = name.indexOf('.') >= 0 && resumable.equals(file.getParent());
      boolean own = name.startsWith(OWN_AT_ROOT) && root.real().equals(file.getParent());
      return !facts && !own && !name.startsWith(ownPrefix);
    }

    private FileVisitResult goOn() {
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
