package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a finished hidden file where it belongs, in one step. */
final class Placement {

  private static final Logger log = LoggerFactory.getLogger(Placement.class);

  private final FileRoot root;

  Placement(FileRoot root) {
    this.root = root;
  }

  /** The nearest directory above a path that is there already. */
  HeldDirectory nearest(TreePath directory) throws IOException {
    TreePath at = directory;
    while (true) {
      switch (root.find(at)) {
        case Existing place when place.attributes().isDirectory() -> {
          return root.hold(place.real());
        }
        case Existing _ ->
            throw new ServiceException(
                ErrorCode.CONFLICT, at.text() + " is a file, so nothing can be inside it");
        case Barred(String message) -> throw new ServiceException(ErrorCode.CONFLICT, message);
        case Absent() -> at = at.parent();
      }
    }
  }

  /** A directory, made with those above it where they are missing. */
  HeldDirectory ensure(TreePath directory) throws IOException {
    List<HeldDirectory> changed = new ArrayList<>();
    HeldDirectory at = nearest(directory);
    boolean done = false;
    try {
      for (int depth = depth(at); depth < directory.names().size(); depth++) {
        Path deeper = at.path().resolve(directory.names().get(depth));
        try {
          // There is no mkdirat in Java. If the path leads elsewhere by now an empty directory
          // appears there and the walk below fails, as it follows no links.
          Files.createDirectory(deeper);
        } catch (FileAlreadyExistsException _) {
          log.debug("{} was made by somebody else meanwhile", deeper);
        }
        HeldDirectory next = root.hold(deeper);
        changed.add(at);
        at = next;
      }
      for (HeldDirectory above : changed) {
        above.sync();
      }
      done = true;
      return at;
    } finally {
      if (!done) {
        at.close();
      }
      for (HeldDirectory above : changed) {
        above.close();
      }
    }
  }

  private int depth(HeldDirectory directory) {
    return directory.path().equals(root.real())
        ? 0
        : root.real().relativize(directory.path()).getNameCount();
  }

  /** Gives a hidden file its name, whatever had that name before. */
  void replace(Upload upload, HeldDirectory target, String name) throws IOException {
    try {
      upload.directory().move(upload.name(), target, name);
    } catch (AtomicMoveNotSupportedException e) {
      throw new FileSystemException(name, null, "is on another volume than its parent");
    }
  }

  /**
   * Gives a hidden file a name that nothing has.
   *
   * @return false when something has it
   */
  boolean create(Upload upload, HeldDirectory target, String name) throws IOException {
    if (target.attributes(name) != null) {
      return false;
    }
    Path hidden = upload.directory().path().resolve(upload.name());
    try {
      // Unlike a rename, a link never replaces, not even what a process that ignores our lock made.
      Files.createLink(target.path().resolve(name), hidden);
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // No links on this volume: the lock on changes alone keeps the name free.
      log.debug("no hard link possible: {}", e.toString());
      replace(upload, target, name);
      return true;
    }
  }
}
