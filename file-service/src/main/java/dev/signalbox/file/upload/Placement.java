package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.PathText;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.FileRoot.Place;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.NativePath;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a finished hidden file where it belongs, in one step. */
final class Placement {

  private static final Logger log = LoggerFactory.getLogger(Placement.class);

  private final FileRoot root;
  private final ChangeLock lock;
  private final TotalBytes total;

  /**
   * @param lock taken to remove directories
   * @param total counts directories
   */
  Placement(FileRoot root, ChangeLock lock, TotalBytes total) {
    this.root = root;
    this.lock = lock;
    this.total = total;
  }

  /** The nearest directory above a path that is there already, or the path's own. */
  HeldDirectory nearest(TreePath directory) throws IOException {
    return deepest(directory).directory();
  }

  /**
   * A directory that is there.
   *
   * @param depth how many names of the path lead to it; its real path may have more or fewer
   */
  private record Deepest(HeldDirectory directory, int depth) {}

  private Deepest deepest(TreePath directory) throws IOException {
    List<String> names = directory.names();
    // What is above a directory is a directory, so a binary search finds the deepest: each look-up
    // walks the whole path, and one for each name would cost the square of the depth.
    int deepest = 0;
    int beyond = names.size() + 1;
    Place place = root.find(above(names, 0));
    while (beyond - deepest > 1) {
      int middle = (deepest + beyond) >>> 1;
      Place found = root.find(above(names, middle));
      if (found instanceof Existing existing && existing.attributes().isDirectory()) {
        deepest = middle;
        place = found;
      } else {
        beyond = middle;
      }
    }
    if (deepest < names.size()) {
      refuseOther(above(names, deepest + 1));
    }
    if (!(place instanceof Existing existing)) {
      throw new NoSuchFileException(root.real().toString());
    }
    return new Deepest(root.hold(existing.real()), deepest);
  }

  private static TreePath above(List<String> names, int depth) {
    return new TreePath(names.subList(0, depth), true);
  }

  /** Refuses a path that has something other than a directory. */
  private void refuseOther(TreePath path) throws IOException {
    switch (root.find(path)) {
      case Existing place when !place.attributes().isDirectory() ->
          throw new ServiceException(
              ErrorCode.CONFLICT,
              PathText.readable(path.text()) + " is a file, so nothing can be inside it");
      case Barred(String message) -> throw new ServiceException(ErrorCode.CONFLICT, message);
      case Existing _ -> log.debug("{} was created concurrently", path.text());
      case Absent() -> log.debug("{} will be made", path.text());
    }
  }

  /** The directory that a file is to get its name in; nothing is made yet. */
  TargetDirectory target(TreePath directory) throws IOException {
    Deepest deepest = deepest(directory);
    List<String> names = directory.names();
    return new TargetDirectory(
        total, lock, deepest.directory(), names.subList(deepest.depth(), names.size()));
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
      Files.createLink(target.path().resolve(NativePath.of(name)), hidden);
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
