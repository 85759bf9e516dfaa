package dev.signalbox.file.tree;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.OpenFileReply;
import dev.signalbox.file.tree.FileRoot.Absent;
import dev.signalbox.file.tree.FileRoot.Barred;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.FileRoot.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the file a path stands for, in the best coding there is. Blocks on the disk. */
public final class FileFinder {

  private static final String INDEX = "index.html";

  /** A file that changes while it is read is read again this often, then left to chunked reads. */
  private static final int ATTEMPTS = 3;

  private final FileRoot root;
  private final String process;
  private final int smallBytes;
  private final long validMs;

  /**
   * @param root where files are
   * @param process id of this process, for callers inside it
   * @param smallBytes files up to this size come with their content
   * @param valid how long callers may go on using what was found
   */
  public FileFinder(FileRoot root, String process, int smallBytes, Duration valid) {
    this.root = root;
    this.process = process;
    this.smallBytes = smallBytes;
    this.validMs = valid.toMillis();
  }

  /**
   * Looks a path up.
   *
   * @param known what was found last time; the very same object comes back when nothing changed
   */
  public OpenFileReply find(String path, List<Coding> codings, OpenFileReply.@Nullable Found known)
      throws IOException {
    return switch (TreePath.parse(path)) {
      case TreePath.Outside(String message) -> new OpenFileReply.Forbidden(message);
      case TreePath.TooLong _ -> new OpenFileReply.Missing();
      case TreePath.Inside(TreePath inside) -> findWhole(inside, codings, known);
    };
  }

  private OpenFileReply findWhole(
      TreePath path, List<Coding> codings, OpenFileReply.@Nullable Found known) throws IOException {
    OpenFileReply reply = find(path, codings, known);
    for (int attempt = 1;
        attempt < ATTEMPTS
            && reply instanceof OpenFileReply.Found found
            && found.content() == null
            && small(found.file().sizeBytes());
        attempt++) {
      reply = find(path, codings, known);
    }
    return reply;
  }

  private OpenFileReply find(
      TreePath path, List<Coding> codings, OpenFileReply.@Nullable Found known) throws IOException {
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

  private OpenFileReply choose(
      TreePath path, Existing original, List<Coding> codings, OpenFileReply.@Nullable Found known)
      throws IOException {
    FileVersion version = FileVersion.of(original.attributes());
    for (Coding coding : codings) {
      if (root.find(sibling(path, coding)) instanceof Existing compressed
          && compressed.attributes().isRegularFile()) {
        FileVersion other = FileVersion.of(compressed.attributes());
        // Made before the last change of its original, it holds something else by now. Compressors
        // that copy the time may drop its fraction of a second.
        if (other.modifiedEpochSeconds() >= version.modifiedEpochSeconds()) {
          return found(path, compressed.real(), other, coding, known);
        }
      }
    }
    return found(path, original.real(), version, null, known);
  }

  private OpenFileReply.Found found(
      TreePath path,
      Path real,
      FileVersion version,
      @Nullable Coding coding,
      OpenFileReply.@Nullable Found known)
      throws IOException {
    FileInfo info = info(path, version, coding);
    String local = real.toString();
    if (known != null && known.file().equals(info) && known.localPath().equals(local)) {
      return known;
    }
    Binary content = small(version.sizeBytes()) ? content(real, version) : null;
    return new OpenFileReply.Found(info, process, local, content, validMs);
  }

  private boolean small(long sizeBytes) {
    return sizeBytes <= smallBytes;
  }

  /** The whole of a small file; null when it is no longer this version. */
  private @Nullable Binary content(Path real, FileVersion version) throws IOException {
    Path parent = real.getParent();
    if (parent == null) {
      return null;
    }
    String name = String.valueOf(real.getFileName());
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
  Place representation(TreePath path, @Nullable Coding coding) throws IOException {
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

  private static TreePath sibling(TreePath path, Coding coding) {
    return path.parent().child(path.name() + "." + coding.ending());
  }
}
