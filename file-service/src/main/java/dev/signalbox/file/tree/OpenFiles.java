package dev.signalbox.file.tree;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.HeldFile;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.file.tree.FileRoot.Existing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files that are open, by path and version. What was found is open from then on, so that a file
 * which is replaced or removed meanwhile is read and sent to its end all the same; one that is
 * changed in place is given up. Blocks on the disk.
 */
public final class OpenFiles implements AutoCloseable {

  /** The longest piece, in bytes. */
  static final int MAX_LENGTH = 1 << 20;

  /** A file without a read for this long is closed, so that a removed one frees its space. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final FileRoot root;
  private final Consumer<FileChannel> closer;
  private final Cache<Key, OpenFile> open;

  private record Key(String path, @Nullable Coding coding, String etag) {}

  /** One version of a file, and where it was opened. */
  private record OpenFile(HeldFile held, Path real, FileVersion version) {}

  /**
   * @param maxOpen how many files stay open beside those in use, at most
   * @param closer closes a channel on a thread that may wait for the disk
   */
  public OpenFiles(FileRoot root, int maxOpen, Consumer<FileChannel> closer) {
    this.root = root;
    this.closer = closer;
    this.open =
        Caffeine.newBuilder()
            .maximumSize(maxOpen)
            .expireAfterAccess(IDLE)
            .executor(Runnable::run)
            .removalListener((@Nullable Key key, @Nullable OpenFile file, RemovalCause cause) -> {
              if (file != null) {
                file.held.release();
              }
            })
            .build();
  }

  /**
   * Opens what was found at a place; it stays open for reads that name the version.
   *
   * @return null when another version is there by now
   */
  @Nullable HeldFile open(TreePath path, @Nullable Coding coding, Path real, FileVersion version)
      throws IOException {
    Key key = new Key(path.text(), coding, EntityTag.of(version, coding));
    OpenFile before = open.getIfPresent(key);
    if (before != null) {
      return before.held;
    }
    OpenFile file = openAt(real, version);
    if (file == null) {
      return null;
    }
    OpenFile other = open.asMap().putIfAbsent(key, file);
    if (other == null) {
      return file.held;
    }
    file.held.release();
    return other.held;
  }

  /**
   * A version of a file for the caller, who releases it; empty when there is no such version any
   * more.
   */
  public Optional<HeldFile> retained(SendFileRequest request) throws IOException {
    requireOffset(request.offset());
    Key key = key(request.path(), request.encoding(), request.etag());
    OpenFile file = retained(key);
    if (file == null) {
      return Optional.empty();
    }
    if (changedInPlace(file)) {
      open.asMap().remove(key, file);
      file.held.release();
      return Optional.empty();
    }
    if (request.length() < 1 || request.length() > file.version.sizeBytes() - request.offset()) {
      file.held.release();
      throw ServiceException.invalid("/length", "must be at least 1 and end within the file");
    }
    return Optional.of(file.held);
  }

  /** Reads a piece. */
  public ReadFileReply read(ReadFileRequest request) throws IOException {
    Key key = key(request);
    OpenFile file = retained(key);
    if (file == null) {
      return new ReadFileReply.Changed();
    }
    try {
      Binary piece = read(file, request);
      if (piece == null || changedInPlace(file)) {
        open.asMap().remove(key, file);
        return new ReadFileReply.Changed();
      }
      return new ReadFileReply.Chunk(piece);
    } finally {
      file.held.release();
    }
  }

  /** Null when the file is shorter than it was. */
  private static @Nullable Binary read(OpenFile file, ReadFileRequest request) throws IOException {
    long rest = Math.max(0, file.version.sizeBytes() - request.offset());
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(request.length(), rest));
    while (buffer.hasRemaining()) {
      if (file.held.channel().read(buffer, request.offset() + buffer.position()) < 0) {
        return null;
      }
    }
    return buffer.capacity() == 0 ? Binary.empty() : new Binary(buffer.array());
  }

  /** Null when the version is neither open nor at its path. */
  private @Nullable OpenFile retained(Key key) throws IOException {
    OpenFile file = open.getIfPresent(key);
    if (file != null && file.held.retain()) {
      return file;
    }
    if (!(TreePath.parse(key.path) instanceof TreePath.Inside(TreePath path))
        || !(FileFinder.representation(root, path, key.coding) instanceof Existing place)
        || !tag(place.attributes(), key).equals(key.etag)) {
      return null;
    }
    OpenFile opened = openAt(place.real(), FileVersion.of(place.attributes()));
    // Its first user is the caller; the second is the cache. Two at once only open it twice.
    if (opened != null && opened.held.retain()) {
      open.put(key, opened);
    }
    return opened;
  }

  /** Opens a file by its real path; null when it is not the version that was seen there. */
  private @Nullable OpenFile openAt(Path real, FileVersion version) throws IOException {
    Path parent = real.getParent();
    if (parent == null) {
      return null;
    }
    String name = NativePath.name(real);
    try (HeldDirectory directory = root.hold(parent)) {
      FileChannel channel = directory.open(name, StandardOpenOption.READ);
      // The same version before and after the opening: this is the file that was opened.
      BasicFileAttributes after = directory.attributes(name);
      if (after != null && FileVersion.of(after).equals(version)) {
        return new OpenFile(new HeldFile(channel, closer), real, version);
      }
      channel.close();
      return null;
    }
  }

  private static boolean changedInPlace(OpenFile file) throws IOException {
    try {
      return file.version.changedInPlace(
          FileVersion.of(
              Files.readAttributes(
                  file.real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private static String tag(BasicFileAttributes attributes, Key key) {
    return EntityTag.of(FileVersion.of(attributes), key.coding);
  }

  private static Key key(ReadFileRequest request) {
    requireOffset(request.offset());
    if (request.length() < 1 || request.length() > MAX_LENGTH) {
      throw ServiceException.invalid("/length", "must be from 1 to " + MAX_LENGTH);
    }
    return key(request.path(), request.encoding(), request.etag());
  }

  private static void requireOffset(long offset) {
    if (offset < 0) {
      throw ServiceException.invalid("/offset", "must be 0 or more");
    }
  }

  private static Key key(String path, @Nullable String encoding, String etag) {
    Coding coding = encoding == null ? null : Coding.of(encoding);
    if (encoding != null && coding == null) {
      throw ServiceException.invalid(
          "/encoding", "must be one of " + Arrays.toString(Coding.values()));
    }
    return new Key(path, coding, etag);
  }

  /** Closes the files without a recent read. */
  public void closeIdle() {
    open.cleanUp();
  }

  @Override
  public void close() {
    open.invalidateAll();
  }
}
