package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.MoveFileReply;
import dev.signalbox.contracts.file.MoveFileReply.ConditionFailed;
import dev.signalbox.contracts.file.MoveFileReply.Done;
import dev.signalbox.contracts.file.MoveFileReply.Forbidden;
import dev.signalbox.contracts.file.MoveFileReply.Missing;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileRemoval;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TotalBytes.Change;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives files other names. Blocks on the disk. */
public final class FileMoves {

  private static final Logger LOG = LoggerFactory.getLogger(FileMoves.class);

  private final FileRoot root;
  private final ChangeLock lock;
  private final FileRemoval removal;
  private final TotalBytes total;
  private final Placement placement;

  public FileMoves(FileRoot root, ChangeLock lock, FileRemoval removal, TotalBytes total) {
    this.root = root;
    this.lock = lock;
    this.removal = removal;
    this.total = total;
    this.placement = new Placement(root, lock, total);
  }

  /** Whether a file may be moved or copied, by the text of its path. */
  sealed interface Source {}

  /** It may, if it is there. */
  record Named(TreePath path) implements Source {}

  /** It may not. */
  record Refused(MoveFileReply reply) implements Source, Attempt {}

  /**
   * Judges the path of a file to move or copy.
   *
   * @throws ServiceException CONFLICT for a directory
   */
  static Source source(FileRoot root, MoveFileRequest request) throws IOException {
    return switch (TreePath.parse(request.from())) {
      case TreePath.Outside(String message) -> new Refused(new Forbidden(message));
      case TreePath.TooLong _ -> new Refused(missing(request));
      case TreePath.Inside(TreePath path) when path.root() || path.slashAtEnd() -> {
        if (root.find(path) instanceof Existing place && place.attributes().isDirectory()) {
          throw directory();
        }
        yield new Refused(missing(request));
      }
      case TreePath.Inside(TreePath path) -> new Named(path);
    };
  }

  private static ServiceException directory() {
    return new ServiceException(
        ErrorCode.CONFLICT, "only files are moved and copied, not directories");
  }

  /** RFC 9110 section 13.1.1: a condition that needs a file is false without one. */
  static MoveFileReply missing(MoveFileRequest request) {
    return request.ifMatch() == null ? new Missing() : new ConditionFailed();
  }

  /**
   * Judges what is at the path of a file to move or copy.
   *
   * @return null when it may be moved
   */
  static @Nullable MoveFileReply refusal(
      MoveFileRequest request, TreePath path, @Nullable BasicFileAttributes attributes) {
    if (attributes == null) {
      return missing(request);
    }
    if (attributes.isDirectory()) {
      throw directory();
    }
    if (!attributes.isRegularFile()) {
      return new Forbidden("only an ordinary file is moved and copied, not a link or a device");
    }
    return UploadCommit.holds(
            request.ifMatch(), request.ifNoneMatch(), FileFinder.info(path, attributes).etag())
        ? null
        : new ConditionFailed();
  }

  static MoveFileReply same() {
    return new Forbidden("the file has that name already");
  }

  /** Moves a file, durably and in one step. */
  public MoveFileReply move(MoveFileRequest request) throws IOException {
    return switch (source(root, request)) {
      case Refused(MoveFileReply reply) -> reply;
      case Named(TreePath from) ->
          switch (UploadTarget.of(root, request.to(), "/to")) {
            case UploadTarget.Forbidden(String message) -> new Forbidden(message);
            case UploadTarget.Writable(TreePath to) -> move(request, from, to);
          };
    };
  }

  private MoveFileReply move(MoveFileRequest request, TreePath from, TreePath to)
      throws IOException {
    return switch (root.find(from.parent())) {
      case Barred(String message) -> new Forbidden(message);
      case Existing parent when parent.attributes().isDirectory() -> {
        List<HeldDirectory> held;
        try {
          held = HeldDirectory.openAll(root.real(), parent.real());
        } catch (NoSuchFileException | NotDirectoryException _) {
          yield missing(request); // a deletion was faster, and the directory is gone with it
        }
        try {
          yield move(request, held, from, to);
        } finally {
          HeldDirectory.closeAll(held);
        }
      }
      default -> missing(request);
    };
  }

  /** What became of a move, under the lock. */
  sealed interface Attempt {}

  /** The file has its new name; its new directory and the one that it left are to be synced. */
  private record Moved(
      BasicFileAttributes attributes, boolean created, HeldDirectory target, HeldDirectory left)
      implements Attempt {}

  private MoveFileReply move(
      MoveFileRequest request, List<HeldDirectory> held, TreePath from, TreePath to)
      throws IOException {
    TargetDirectory[] target = new TargetDirectory[1];
    try {
      Attempt attempt = lock.alone(() -> attempt(request, held, from, to, target));
      return switch (attempt) {
        case Refused(MoveFileReply reply) -> reply;
        case Moved moved -> moved(to, moved);
      };
    } finally {
      if (target[0] != null) {
        target[0].close();
      }
    }
  }

  /**
   * @param target gets the new directory, which the caller closes
   */
  private Attempt attempt(
      MoveFileRequest request,
      List<HeldDirectory> held,
      TreePath from,
      TreePath to,
      TargetDirectory[] target)
      throws IOException {
    HeldDirectory source = held.getLast();
    BasicFileAttributes attributes = source.attributes(from.name());
    // First of all, so that a move that is refused makes no directories.
    MoveFileReply refusal = refusal(request, from, attributes);
    if (refusal != null || attributes == null) {
      return new Refused(refusal == null ? missing(request) : refusal);
    }
    target[0] = placement.target(to.parent());
    HeldDirectory directory = target[0].make();
    BasicFileAttributes before = directory.attributes(to.name());
    refusal = conflict(request, source, from, directory, to, before);
    if (refusal != null) {
      return new Refused(refusal);
    }
    if (FileFinder.hasSiblings(directory, to.name())) {
      // They were made of what had that name before, so the file has to be newer than they are.
      source.touch(from.name());
    }
    rename(source, from.name(), attributes, directory, to.name(), before);
    target[0].keep();
    BasicFileAttributes moved = directory.attributes(to.name());
    return new Moved(
        moved == null ? attributes : moved,
        before == null,
        directory,
        held.get(removal.prune(held)));
  }

  private static @Nullable MoveFileReply conflict(
      MoveFileRequest request,
      HeldDirectory source,
      TreePath from,
      HeldDirectory target,
      TreePath to,
      @Nullable BasicFileAttributes before) {
    if (before == null) {
      return null;
    }
    if (source.path().equals(target.path()) && from.name().equals(to.name())) {
      return same();
    }
    UploadCommit.refuseOther(before);
    return request.overwrite() ? null : new ConditionFailed();
  }

  private void rename(
      HeldDirectory source,
      String from,
      BasicFileAttributes attributes,
      HeldDirectory target,
      String to,
      @Nullable BasicFileAttributes before)
      throws IOException {
    long replaced = total.ofFile(before);
    try (Change _ = total.changing(total.ofFile(attributes) + replaced)) {
      source.move(from, target, to);
      total.removed(replaced);
      if (before != null && Objects.equals(before.fileKey(), attributes.fileKey())) {
        // rename(2) does nothing when both names are hard links of one file.
        source.delete(from);
      }
    } catch (AtomicMoveNotSupportedException _) {
      throw new ServiceException(
          ErrorCode.CONFLICT, "the new name is on another volume; copy the file and delete it");
    }
  }

  private static MoveFileReply moved(TreePath to, Moved moved) throws IOException {
    for (HeldDirectory changed : List.of(moved.target(), moved.left())) {
      try {
        changed.sync();
      } catch (NoSuchFileException e) {
        LOG.debug("a directory is gone as soon as a file was moved: {}", e.toString());
      }
    }
    FileInfo file = FileFinder.info(to, moved.attributes());
    return new Done(file, moved.created());
  }
}
