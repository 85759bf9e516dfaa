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
import dev.signalbox.file.tree.OpenCache;
import dev.signalbox.file.tree.TreePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The end of an upload: from a hidden file that holds what it should to a visible one on disk. */
public final class UploadCommit {

  private static final TreePath INBOX = new TreePath(List.of("uploads"), false);

  /** With 1.7 million names a second, this many taken ones mean that something else is wrong. */
  private static final int NAMES = 100;

  private final FileRoot root;
  private final ChangeLock lock;
  private final OpenCache cache;
  private final UploadName names;
  private final JsonCheck json;
  private final Placement placement;

  /**
   * @param clock names new files
   * @param random names them apart
   */
  public UploadCommit(
      FileRoot root,
      ChangeLock lock,
      OpenCache cache,
      UploadLimits limits,
      Clock clock,
      RandomGenerator random) {
    this.root = root;
    this.lock = lock;
    this.cache = cache;
    this.names = new UploadName(clock, random);
    this.json = new JsonCheck(limits.jsonDepth(), limits.maxBytes());
    this.placement = new Placement(root);
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
    String match = request.ifMatch();
    String noneMatch = request.ifNoneMatch();
    return (match == null || EntityTags.name(match, etag, false))
        && (noneMatch == null || !EntityTags.name(noneMatch, etag, true));
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
    try (HeldDirectory directory = placement.ensure(INBOX)) {
      for (int attempt = 0; attempt < NAMES; attempt++) {
        TreePath path = INBOX.child(names.next(upload.request().kind()));
        BasicFileAttributes stored =
            lock.alone(() ->
                placement.create(upload, directory, path.name())
                    ? directory.attributes(path.name())
                    : null);
        if (stored != null) {
          return stored(path, directory, stored, true);
        }
      }
    }
    throw new ServiceException(ErrorCode.INTERNAL, "no free name for an upload was found");
  }

  /** Under the name it was begun with. */
  private FinishUploadReply place(Upload upload, TreePath path) throws IOException {
    try (HeldDirectory directory = placement.ensure(path.parent())) {
      record Change(@Nullable BasicFileAttributes stored, boolean created) {}
      Change change =
          lock.alone(() -> {
            BasicFileAttributes before = directory.attributes(path.name());
            refuseOther(before);
            if (!holds(
                upload.request(), before == null ? null : FileFinder.info(path, before).etag())) {
              return new Change(null, false);
            }
            if (upload.request().ifNoneMatch() == null || before != null) {
              placement.replace(upload, directory, path.name());
            } else if (!placement.create(upload, directory, path.name())) {
              return new Change(null, false);
            }
            return new Change(directory.attributes(path.name()), before == null);
          });
      BasicFileAttributes stored = change.stored();
      return stored == null
          ? new FinishUploadReply.ConditionFailed()
          : stored(path, directory, stored, change.created());
    }
  }

  private static void refuseOther(@Nullable BasicFileAttributes before) {
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
    // Before the sync, which takes a while: readers see the new file already.
    cache.changed(path.text());
    try {
      directory.sync();
    } catch (FileSystemException e) {
      throw new ServiceException(ErrorCode.STORAGE, "the directory could not be synced", e);
    }
    FileInfo info = FileFinder.info(path, attributes);
    return new FinishUploadReply.Stored(info, created);
  }
}
