package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;

/** Deletes files. Blocks on the disk. */
public final class FileRemoval {

  private final FileRoot root;
  private final ChangeLock lock;
  private final OpenCache cache;

  public FileRemoval(FileRoot root, ChangeLock lock, OpenCache cache) {
    this.root = root;
    this.lock = lock;
    this.cache = cache;
  }

  /** Deletes a file, durably. */
  public DeleteFileReply delete(DeleteFileRequest request) throws IOException {
    return switch (TreePath.parse(request.path())) {
      case TreePath.Outside(String message) -> new DeleteFileReply.Forbidden(message);
      case TreePath.TooLong() -> new DeleteFileReply.Missing();
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
        try (HeldDirectory directory = root.hold(parent.real())) {
          DeleteFileReply reply = lock.alone(() -> delete(directory, path.name(), request));
          if (reply instanceof DeleteFileReply.Deleted) {
            cache.changed(path.text());
            directory.sync();
          }
          yield reply;
        }
      }
    };
  }

  private static DeleteFileReply delete(
      HeldDirectory directory, String name, DeleteFileRequest request) throws IOException {
    BasicFileAttributes attributes = directory.attributes(name);
    String condition = request.ifMatch();
    if (attributes == null) {
      // RFC 9110 section 13.1.1: a condition that needs a file is false without one.
      return condition == null
          ? new DeleteFileReply.Missing()
          : new DeleteFileReply.ConditionFailed();
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
    directory.delete(name);
    return new DeleteFileReply.Deleted();
  }
}
