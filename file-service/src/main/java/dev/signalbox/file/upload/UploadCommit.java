package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.file.tree.ChangeLock;
import dev.signalbox.file.tree.FileFinder;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of an upload: from a hidden file that holds what it should to a visible one on disk. */
public final class UploadCommit {

  private static final Logger log = LoggerFactory.getLogger(UploadCommit.class);

  private static final TreePath INBOX = new TreePath(List.of("uploads"), false);

  /** With 1.7 million names a second, this many taken ones mean that something else is wrong. */
  private static final int NAMES = 100;

  private final FileRoot root;
  private final ChangeLock lock;
  private final UploadName names;
  private final JsonCheck json;
  private final Placement placement;

  /**
   * @param total counts the directories made for files
   * @param clock names new files
   * @param random names them apart
   */
  public UploadCommit(
      FileRoot root,
      ChangeLock lock,
      TotalBytes total,
      UploadLimits limits,
      Clock clock,
      RandomGenerator random) {
    this.root = root;
    this.lock = lock;
    this.names = new UploadName(clock, random);
    this.json = new JsonCheck(limits.jsonDepth(), limits.maxBytes());
    this.placement = new Placement(root, lock, total);
  }

  Placement placement() {
    return placement;
  }

  /** Whether the conditions of a request hold now. */
  boolean holds(BeginUploadRequest request, TreePath path) throws IOException {
    return holds(
        request,
        root.find(path) instanceof Existing place
            ? FileFinder.info(path, place.attributes()).etag()
            : null);
  }

  private static boolean holds(BeginUploadRequest request, @Nullable String etag) {
    return holds(request.ifMatch(), request.ifNoneMatch(), etag);
  }

  static boolean holds(@Nullable String match, @Nullable String noneMatch, @Nullable String etag) {
    return (match == null || EntityTags.name(match, etag, false))
        && (noneMatch == null || !EntityTags.name(noneMatch, etag, true));
  }

  /** A new name for an upload that is given its name before its bytes. */
  TreePath newPath() {
    return INBOX.child(names.next(BeginUploadRequest.Kind.BYTES, null));
  }

  /** Checks an upload and makes it visible. */
  FinishUploadReply finish(Upload upload, long totalBytes) throws IOException {
    if (upload.written() != totalBytes) {
      return new FinishUploadReply.Rejected(
          upload.written() + " bytes arrived of " + totalBytes + " that were sent");
    }
    BeginUploadRequest request = upload.request();
    if (totalBytes == 0
        && (request.path() == null || request.kind() == BeginUploadRequest.Kind.JSON)) {
      return new FinishUploadReply.Rejected("The content is empty");
    }
    if (request.kind() == BeginUploadRequest.Kind.JSON) {
      String problem = json.problem(upload.content());
      if (problem != null) {
        return new FinishUploadReply.Rejected(problem);
      }
    }
    // Before the name exists: what is visible is whole even after a loss of power.
    upload.sync();
    TreePath target = upload.target();
    return target == null ? place(upload) : place(upload, target);
  }

  /** Under a new name. */
  private FinishUploadReply place(Upload upload) throws IOException {
    try (TargetDirectory inbox = placement.target(INBOX)) {
      HeldDirectory directory = inbox.make();
      for (int attempt = 0; attempt < NAMES; attempt++) {
        BeginUploadRequest request = upload.request();
        TreePath path = INBOX.child(names.next(request.kind(), request.fileName()));
        BasicFileAttributes stored =
            lock.alone(() ->
                upload.place(null, () -> placement.create(upload, directory, path.name()))
                    ? directory.attributes(path.name())
                    : null);
        if (stored != null) {
          inbox.keep();
          return stored(path, directory, stored, true);
        }
      }
    }
    throw new ServiceException(ErrorCode.INTERNAL, "no free name for an upload was found");
  }

  private record Change(@Nullable BasicFileAttributes stored, boolean created) {}

  /** Under the name it was begun with. */
  private FinishUploadReply place(Upload upload, TreePath path) throws IOException {
    try (TargetDirectory target = placement.target(path.parent())) {
      HeldDirectory directory = target.make();
      Change change =
          lock.alone(() -> directory.atItsPath() ? change(upload, path, directory) : null);
      if (change != null) {
        return placed(change, path, target);
      }
    } catch (NoSuchFileException e) {
      log.debug("a directory was removed meanwhile: {}", e.toString());
    }
    // A deletion removed a directory that it found empty. It does so with the lock, so with the
    // lock it cannot happen again.
    TargetDirectory[] target = new TargetDirectory[1];
    try {
      Change change =
          lock.alone(() -> {
            target[0] = placement.target(path.parent());
            return change(upload, path, target[0].make());
          });
      return placed(change, path, target[0]);
    } finally {
      if (target[0] != null) {
        target[0].close();
      }
    }
  }

  /** Makes an upload visible if its conditions hold; under the lock. */
  private Change change(Upload upload, TreePath path, HeldDirectory directory) throws IOException {
    BasicFileAttributes before = directory.attributes(path.name());
    refuseOther(before);
    if (!holds(upload.request(), before == null ? null : FileFinder.info(path, before).etag())) {
      return new Change(null, false);
    }
    if (upload.request().ifNoneMatch() == null || before != null) {
      upload.place(
          before,
          () -> {
            placement.replace(upload, directory, path.name());
            return true;
          });
    } else if (!upload.place(null, () -> placement.create(upload, directory, path.name()))) {
      return new Change(null, false);
    }
    return new Change(directory.attributes(path.name()), before == null);
  }

  private FinishUploadReply placed(Change change, TreePath path, TargetDirectory target)
      throws IOException {
    BasicFileAttributes stored = change.stored();
    if (stored == null) {
      return new FinishUploadReply.ConditionFailed();
    }
    target.keep();
    return stored(path, target.directory(), stored, change.created());
  }

  /**
   * Refuses a name that something other than a file has.
   *
   * @throws ServiceException CONFLICT
   */
  static void refuseOther(@Nullable BasicFileAttributes before) {
    if (before != null && !before.isRegularFile()) {
      throw new ServiceException(
          ErrorCode.CONFLICT,
          before.isDirectory()
              ? "a directory has that name"
              : "something that is not an ordinary file has that name");
    }
  }

  private FinishUploadReply stored(
      TreePath path, HeldDirectory directory, BasicFileAttributes attributes, boolean created)
      throws IOException {
    try {
      directory.sync();
    } catch (NoSuchFileException e) {
      log.debug("{} was deleted as soon as it was stored: {}", path.text(), e.toString());
    } catch (FileSystemException e) {
      throw new ServiceException(ErrorCode.STORAGE, "the directory could not be synced", e);
    }
    FileInfo info = FileFinder.info(path, attributes);
    return new FinishUploadReply.Stored(info, created);
  }
}
