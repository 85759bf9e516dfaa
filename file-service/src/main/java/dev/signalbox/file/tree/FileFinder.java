package dev.signalbox.file.tree;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.contracts.file.OpenFileReply.Found;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.FileRoot.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file a path stands for, in the best coding there is, and opens it. Blocks on the disk.
 */
public final class FileFinder {

  private static final String INDEX = "index.html";

  /**
   * A file that is replaced between look-up and opening is looked up again. Both take some ten
   * microseconds, so even one that is replaced every millisecond is caught soon.
   */
  private static final int ATTEMPTS = 50;

  private final FileRoot root;
  private final OpenFiles open;
  private final String node;
  private final int smallBytes;
  private final long validMs;

  /**
   * @param root where files are
   * @param open holds the files that are not small
   * @param node id of this instance
   * @param smallBytes files up to this size come with their content
   * @param valid how long callers may go on using what was found
   */
  public FileFinder(FileRoot root, OpenFiles open, String node, int smallBytes, Duration valid) {
    this.root = root;
    this.open = open;
    this.node = node;
    this.smallBytes = smallBytes;
    this.validMs = valid.toMillis();
  }

  /** Looks a path up. */
  public OpenFileReply find(OpenFileRequest request) throws IOException {
    return switch (TreePath.parse(request.path())) {
      case TreePath.Outside(String message) -> new OpenFileReply.Forbidden(message);
      case TreePath.TooLong _ -> new OpenFileReply.Missing();
      case TreePath.Inside(TreePath inside) ->
          find(inside, Coding.known(request.encodings()), request.known());
    };
  }

  private OpenFileReply find(TreePath path, List<Coding> codings, @Nullable String known)
      throws IOException {
    FileSystemException last = null;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        OpenFileReply reply = findOnce(path, codings, known);
        if (reply != null) {
          return reply;
        }
        last = null;
      } catch (AccessDeniedException e) {
        throw e;
      } catch (FileSystemException e) {
        // Usually a name on the way was replaced between two steps, by a link or by nothing.
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
    throw new ServiceException(ErrorCode.OVERLOADED, "the file keeps changing");
  }

  /** Null when the file changed between look-up and opening. */
  private @Nullable OpenFileReply findOnce(
      TreePath path, List<Coding> codings, @Nullable String known) throws IOException {
    Place place = root.find(path);
    TreePath file = path;
    if (place instanceof Existing(_, BasicFileAttributes attributes)) {
      if (attributes.isDirectory()) {
        file = path.child(INDEX);
        place = root.find(file);
      } else if (path.slashAtEnd()) {
        return new OpenFileReply.Missing();
      }
    }
    return switch (place) {
      case Absent() -> new OpenFileReply.Missing();
      case Barred(String message) -> new OpenFileReply.Forbidden(message);
      case Existing found when !found.attributes().isRegularFile() -> new OpenFileReply.Missing();
      case Existing found -> choose(file, found, codings, known);
    };
  }

  private @Nullable OpenFileReply choose(
      TreePath path, Existing original, List<Coding> codings, @Nullable String known)
      throws IOException {
    FileVersion version = FileVersion.of(original.attributes());
    for (Coding coding : codings) {
      if (root.find(sibling(path, coding)) instanceof Existing compressed
          && compressed.attributes().isRegularFile()) {
        FileVersion other = FileVersion.of(compressed.attributes());
        // Made before the last change of its original, it holds something else by now. Compressors
        // that copy the time may drop its fraction of a second.
        if (other.modifiedEpochSeconds() >= version.modifiedEpochSeconds()) {
          return open(path, compressed.real(), other, coding, known);
        }
      }
    }
    return open(path, original.real(), version, null, known);
  }

  private @Nullable OpenFileReply open(
      TreePath path,
      Path real,
      FileVersion version,
      @Nullable Coding coding,
      @Nullable String known)
      throws IOException {
    FileInfo info = info(path, version, coding);
    if (info.etag().equals(known)) {
      return new OpenFileReply.Unchanged(validMs);
    }
    if (version.sizeBytes() <= smallBytes) {
      Binary content = content(real, version);
      return content == null ? null : new Found(info, node, null, content, validMs);
    }
    HeldFile held = open.open(path, coding, real, version);
    return held == null ? null : new Found(info, node, held, null, validMs);
  }

  /** The whole of a small file; null when it is no longer this version. */
  private @Nullable Binary content(Path real, FileVersion version) throws IOException {
    Path parent = real.getParent();
    if (parent == null) {
      return null;
    }
    String name = NativePath.name(real);
    try (HeldDirectory directory = root.hold(parent);
        FileChannel channel = directory.open(name, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) version.sizeBytes());
      while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
        // a short read is not the end
      }
      BasicFileAttributes after = directory.attributes(name);
      return !buffer.hasRemaining() && after != null && FileVersion.of(after).equals(version)
          ? new Binary(buffer.array())
          : null;
    }
  }

  /** Where one representation of a file is; absent when it is not a regular file. */
  static Place representation(FileRoot root, TreePath path, @Nullable Coding coding)
      throws IOException {
    Place place = root.find(coding == null ? path : sibling(path, coding));
    return place instanceof Existing found && !found.attributes().isRegularFile()
        ? new Absent()
        : place;
  }

  /** What to tell of a version of a file. */
  static FileInfo info(TreePath path, FileVersion version, @Nullable Coding coding) {
    return new FileInfo(
        path.text(),
        version.sizeBytes(),
        version.modifiedEpochMs(),
        EntityTag.of(version, coding),
        MediaTypes.of(path.name()),
        coding == null ? null : coding.token());
  }

  /** What to tell of a file whose attributes are at hand. */
  public static FileInfo info(TreePath path, BasicFileAttributes attributes) {
    return info(path, FileVersion.of(attributes), null);
  }

  /** Whether a file with that name would have precompressed siblings. */
  public static boolean hasSiblings(HeldDirectory directory, String name) throws IOException {
    for (Coding coding : Coding.values()) {
      if (directory.attributes(name + "." + coding.ending()) != null) {
        return true;
      }
    }
    return false;
  }

  private static TreePath sibling(TreePath path, Coding coding) {
    return path.parent().child(path.name() + "." + coding.ending());
  }
}
