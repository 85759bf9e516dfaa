package dev.signalbox.file.upload;

import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.NativePath;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TotalBytes.Loan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that a file is to get its name in. What is missing of it is counted and made for
 * the file, and removed again when the file does not get there: what is refused leaves nothing.
 */
final class TargetDirectory implements Closeable {

  private static final Logger log = LoggerFactory.getLogger(TargetDirectory.class);

  private final TotalBytes total;
  private final ChangeLock lock;
  private final List<String> missing;

  /** From the deepest one that was there down. */
  private final List<HeldDirectory> held = new ArrayList<>();

  private final Deque<Made> made = new ArrayDeque<>();
  private boolean kept;

  private record Made(HeldDirectory above, String name) {}

  /**
   * @param lock taken to remove what was made
   * @param deepest the deepest directory that is there; closed with this
   * @param missing names below it
   */
  TargetDirectory(TotalBytes total, ChangeLock lock, HeldDirectory deepest, List<String> missing) {
    this.total = total;
    this.lock = lock;
    this.missing = missing;
    held.add(deepest);
  }

  /**
   * Makes what is missing.
   *
   * @return the directory; closed with this
   * @throws dev.signalbox.contracts.ServiceException INSUFFICIENT_STORAGE when there is no room for
   *     all of it; nothing is made then
   */
  HeldDirectory make() throws IOException {
    long counted = total.ofDirectories(missing.size());
    try (Change _ = total.changing(counted)) {
      // Where a directory is missing there is no file that could be replaced.
      total.add(counted, new Loan(null));
      try {
        for (String name : missing) {
          make(name);
        }
      } finally {
        total.removed(counted - total.ofDirectories(made.size()));
      }
    }
    return directory();
  }

  private void make(String name) throws IOException {
    HeldDirectory above = directory();
    try {
      // There is no mkdirat in Java. If the path leads elsewhere by now an empty directory
      // appears there and the step below fails, as it follows no links.
      Files.createDirectory(above.path().resolve(NativePath.of(name)));
      made.push(new Made(above, name));
    } catch (FileAlreadyExistsException _) {
      log.debug("{} was created concurrently", name);
    }
    held.add(above.child(name));
    above.sync();
  }

  /** The directory, when it was made. */
  HeldDirectory directory() {
    return held.getLast();
  }

  /** Keeps what was made: the file is there. */
  void keep() {
    kept = true;
  }

  /** Also removes what was made, unless it is kept or others use it; not to be called locked. */
  @Override
  public void close() {
    try {
      if (!kept && !made.isEmpty()) {
        // An upload that finds its directory gone makes it again with the lock.
        lock.alone(this::removeMade);
      }
    } catch (IOException e) {
      log.debug("leaving empty directories, which count: {}", e.toString());
    } finally {
      HeldDirectory.closeAll(held);
    }
  }

  private boolean removeMade() throws IOException {
    while (!made.isEmpty()) {
      Made last = made.pop();
      if (!total.removeIfEmpty(last.above(), last.name())) {
        return false;
      }
    }
    return true;
  }
}
