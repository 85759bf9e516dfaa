package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.TotalBytes.Change;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files. Blocks on the disk. */
public final class FileRemoval {

  private static final Logger log = LoggerFactory.getLogger(FileRemoval.class);

  private final FileRoot root;
  private final ChangeLock lock;
  private final TotalBytes total;
  private final Path uploads;

  public FileRemoval(FileRoot root, ChangeLock lock, TotalBytes total) {
    this.root = root;
    this.lock = lock;
    this.total = total;
    this.uploads = root.real().resolve(RootDirectory.UPLOADS);
  }

  /** Deletes a file, durably. */
  public DeleteFileReply delete(DeleteFileRequest request) throws IOException {
    return switch (TreePath.parse(request.path())) {
      case TreePath.Outside(String message) -> new DeleteFileReply.Forbidden(message);
      case TreePath.TooLong _ -> new DeleteFileReply.Missing();
      case TreePath.Inside(TreePath path) when path.root() || path.slashAtEnd() ->
          new DeleteFileReply.Missing();
      case TreePath.Inside(TreePath path) -> delete(path, request);
    };
  }

  private DeleteFileReply delete(TreePath path, DeleteFileRequest request) throws IOException {
    return switch (root.find(path.parent())) {
      case Absent() -> new DeleteFileReply.Missing();
      case Barred(String message) -> new DeleteFileReply.Forbidden(message);
      case Existing parent when !parent.attributes().isDirectory() -> new DeleteFileReply.Missing();
      case Existing parent -> {
        List<HeldDirectory> held;
        try {
          held = HeldDirectory.openAll(root.real(), parent.real());
        } catch (NoSuchFileException | NotDirectoryException _) {
          yield missing(request); // another deletion was faster, and the directory is gone with it
        }
        try {
          yield delete(held, path, request);
        } finally {
          HeldDirectory.closeAll(held);
        }
      }
    };
  }

  /**
   * Deletes a file, and the directories that are empty without it.
   *
   * @param held from the root down to the file's directory
   */
  private DeleteFileReply delete(List<HeldDirectory> held, TreePath path, DeleteFileRequest request)
      throws IOException {
    int[] kept = {held.size() - 1};
    DeleteFileReply reply =
        lock.alone(() -> {
          DeleteFileReply done = delete(held.getLast(), path.name(), request);
          if (done instanceof DeleteFileReply.Deleted) {
            kept[0] = prune(held);
          }
          return done;
        });
    if (reply instanceof DeleteFileReply.Deleted) {
      // The removal of a directory is the removal of what was in it.
      try {
        held.get(kept[0]).sync();
      } catch (NoSuchFileException e) {
        // Another deletion removed this directory too, and syncs the one above.
        log.debug("an emptied directory is gone: {}", e.toString());
      }
    }
    return reply;
  }

  /**
   * Removes directories that are empty, from the last up. The root stays, and so does the directory
   * of uploads. An upload under way has a hidden file in its directory or creates its directories
   * again, so it succeeds all the same.
   *
   * @param held from the root down
   * @return index of the last that stays
   */
  public int prune(List<HeldDirectory> held) {
    int last = held.size() - 1;
    try {
      while (last > 0) {
        Path directory = held.get(last).path();
        if (directory.equals(uploads)
            || !total.removeIfEmpty(held.get(last - 1), NativePath.name(directory))) {
          break;
        }
        last--;
      }
    } catch (IOException e) {
      // The file is deleted all the same.
      log.debug("leaving an empty directory: {}", e.toString());
    }
    return last;
  }

  private static DeleteFileReply missing(DeleteFileRequest request) {
    // RFC 9110 section 13.1.1: a condition that needs a file is false without one.
    return request.ifMatch() == null
        ? new DeleteFileReply.Missing()
        : new DeleteFileReply.ConditionFailed();
  }

  private DeleteFileReply delete(HeldDirectory directory, String name, DeleteFileRequest request)
      throws IOException {
    BasicFileAttributes attributes = directory.attributes(name);
    String condition = request.ifMatch();
    if (attributes == null) {
      return missing(request);
    }
    if (attributes.isSymbolicLink()) {
      return new DeleteFileReply.Forbidden("a symbolic link is not deleted from here");
    }
    if (!attributes.isRegularFile()) {
      throw new ServiceException(ErrorCode.CONFLICT, "only files are deleted, not directories");
    }
    if (condition != null
        && !EntityTags.name(condition, EntityTag.of(FileVersion.of(attributes), null), false)) {
      return new DeleteFileReply.ConditionFailed();
    }
    long counted = total.ofFile(attributes);
    try (Change _ = total.changing(counted)) {
      directory.delete(name);
      total.removed(counted);
    }
    return new DeleteFileReply.Deleted();
  }
}
