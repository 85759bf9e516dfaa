package dev.signalbox.file.tree;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.contracts.file.SendFileRequest;
import dev.signalbox.file.tree.FileRoot.Existing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pieces of files by position. A file stays open between the pieces of one download; one that
 * is replaced or removed meanwhile is read to its end all the same, one that is changed in place is
 * given up. Blocks on the disk.
 */
public final class FileReader implements AutoCloseable {

  /** The longest piece, in bytes. */
  static final int MAX_LENGTH = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(FileReader.class);

  /** A file without a read for this long is closed, so that a removed one frees its space. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final FileRoot root;
  private final FileFinder finder;
  private final Cache<Key, OpenFile> open;

  private record Key(String path, @Nullable Coding coding, String etag) {}

  private record OpenFile(FileChannel channel, Path real, FileVersion version) {}

  /**
   * @param maxOpen how many files are held open at most
   */
  public FileReader(FileRoot root, FileFinder finder, int maxOpen) {
    this.root = root;
    this.finder = finder;
    this.open =
        Caffeine.newBuilder()
            .maximumSize(maxOpen)
            .expireAfterAccess(IDLE)
            .executor(Runnable::run)
            .removalListener(
                (@Nullable Key key, @Nullable OpenFile file, RemovalCause cause) -> close(file))
            .build();
  }

  /**
   * Opens a version of a file for the caller, who closes it; empty when the file is no longer that
   * version.
   */
  public Optional<FileChannel> open(SendFileRequest request) throws IOException {
    requireOffset(request.offset());
    OpenFile file = openFile(key(request.path(), request.encoding(), request.etag()));
    if (file == null) {
      return Optional.empty();
    }
    if (request.length() < 1 || request.length() > file.version.sizeBytes() - request.offset()) {
      file.channel.close();
      throw ServiceException.invalid("/length", "must be at least 1 and end within the file");
    }
    return Optional.of(file.channel);
  }

  /** Reads a piece. */
  public ReadFileReply read(ReadFileRequest request) throws IOException {
    Key key = key(request);
    try {
      return read(key, request);
    } catch (ClosedChannelException _) {
      // It was pushed out of the cache between look-up and read; open it again.
      return read(key, request);
    }
  }

  private ReadFileReply read(Key key, ReadFileRequest request) throws IOException {
    OpenFile file = opened(key);
    if (file == null) {
      return new ReadFileReply.Changed();
    }
    long rest = Math.max(0, file.version.sizeBytes() - request.offset());
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(request.length(), rest));
    while (buffer.hasRemaining()) {
      if (file.channel.read(buffer, request.offset() + buffer.position()) < 0) {
        open.invalidate(key);
        return new ReadFileReply.Changed(); // shorter than it was
      }
    }
    if (changedInPlace(file)) {
      open.invalidate(key);
      return new ReadFileReply.Changed();
    }
    return new ReadFileReply.Chunk(
        buffer.capacity() == 0 ? Binary.empty() : new Binary(buffer.array()));
  }

  /** Null when the file is no longer the one the tag names. */
  private @Nullable OpenFile opened(Key key) throws IOException {
    OpenFile before = open.getIfPresent(key);
    if (before != null) {
      return before;
    }
    OpenFile mine = openFile(key);
    if (mine == null) {
      return null;
    }
    OpenFile other = open.asMap().putIfAbsent(key, mine);
    if (other == null) {
      return mine;
    }
    mine.channel.close();
    return other;
  }

  private @Nullable OpenFile openFile(Key key) throws IOException {
    if (!(TreePath.parse(key.path) instanceof TreePath.Inside(TreePath path))
        || !(finder.representation(path, key.coding) instanceof Existing place)) {
      return null;
    }
    Path parent = place.real().getParent();
    if (parent == null || !tag(place.attributes(), key).equals(key.etag)) {
      return null;
    }
    String name = String.valueOf(place.real().getFileName());
    try (HeldDirectory directory = root.hold(parent)) {
      FileChannel channel = directory.open(name, StandardOpenOption.READ);
      // The same version before and after the opening: this is the file that was opened.
      BasicFileAttributes after = directory.attributes(name);
      if (after == null || !tag(after, key).equals(key.etag)) {
        channel.close();
        return null;
      }
      return new OpenFile(channel, place.real(), FileVersion.of(after));
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

  private static void close(@Nullable OpenFile file) {
    if (file == null) {
      return;
    }
    try {
      file.channel.close();
    } catch (IOException e) {
      log.warn("cannot close {}: {}", file.real, e.toString());
    }
  }
}
