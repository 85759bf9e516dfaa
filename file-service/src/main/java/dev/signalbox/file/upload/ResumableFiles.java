package dev.signalbox.file.upload;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.file.tree.FileRoot;
import dev.signalbox.file.tree.FileRoot.Existing;
import dev.signalbox.file.tree.HeldDirectory;
import dev.signalbox.file.tree.NativePath;
import dev.signalbox.file.tree.TotalBytes;
import dev.signalbox.file.tree.TreePath;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hidden directory of resumable uploads. Each has a file of its bytes, named by its id, until
 * it is a visible file, and a small one of its facts, which is replaced by rename. Blocks on the
 * disk.
 */
final class ResumableFiles {

  private static final Logger LOG = LoggerFactory.getLogger(ResumableFiles.class);

  private static final String NAME = TotalBytes.RESUMABLE;
  private static final String FACTS = ".json";
  private static final String TEMPORARY = ".new";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final int MAX_FACTS_BYTES = 1 << 18;

  /**
   * Files of bytes that threads of this process have open. A lock of the system belongs to the
   * process, which loses it when it closes any channel to the file.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final FileRoot root;
  private final Path path;
  private final SecureRandom random = new SecureRandom();

  ResumableFiles(FileRoot root) {
    this.root = root;
    this.path = root.real().resolve(NAME);
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  String newId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** The directory; null when there was no upload ever. */
  @Nullable HeldDirectory existing() throws IOException {
    try {
      return root.hold(path);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  /** The directory, made if it is missing. */
  HeldDirectory ensure() throws IOException {
    HeldDirectory directory = existing();
    if (directory != null) {
      return directory;
    }
    try {
      Files.createDirectory(path);
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} was created concurrently", e.getFile());
    }
    try (HeldDirectory above = root.hold(root.real())) {
      above.sync();
    }
    return root.hold(path);
  }

  /** Creates the empty file of an upload's bytes. */
  void createContent(HeldDirectory directory, String id) throws IOException {
    directory.open(id, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
  }

  /**
   * Locks the bytes of an upload.
   *
   * @return null when they are locked
   * @throws NoSuchFileException when they are not there
   */
  @Nullable LockedContent lock(String id) throws IOException {
    Path key = path.resolve(id);
    if (!OPEN.add(key)) {
      return null;
    }
    LockedContent content = open(id, key);
    boolean locked = false;
    try {
      locked = tryLock(content.channel());
      if (locked && content.directory().attributes(id) == null) {
        // A process that had the lock moved or removed the file before it let the lock go.
        locked = false;
        throw new NoSuchFileException(id);
      }
      return locked ? content : null;
    } finally {
      if (!locked) {
        content.close();
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // this process has it locked by another path to the root
    }
  }

  /** Whether another process has a visible file locked, as it has the bytes that it moved there. */
  boolean lockedElsewhere(TreePath path) throws IOException {
    if (!(root.find(path) instanceof Existing(Path real, var attributes))
        || !attributes.isRegularFile()) {
      return false;
    }
    try (HeldDirectory directory = root.hold(Objects.requireNonNull(real.getParent()));
        FileChannel channel = directory.open(NativePath.name(real), StandardOpenOption.WRITE)) {
      return !tryLock(channel);
    } catch (FileSystemException e) {
      LOG.debug("treating {} as not locked: {}", path.text(), e.toString());
      return false; // It is gone again, or another user's, while uploads are ours.
    }
  }

  private LockedContent open(String id, Path key) throws IOException {
    HeldDirectory directory = null;
    try {
      directory = root.hold(path);
      FileChannel channel = directory.open(id, StandardOpenOption.READ, StandardOpenOption.WRITE);
      return new LockedContent(id, directory, channel, () -> OPEN.remove(key));
    } catch (IOException | RuntimeException e) {
      OPEN.remove(key);
      if (directory != null) {
        directory.close();
      }
      throw e;
    }
  }

  /** The facts of an upload; null when there are none that can be read. */
  @Nullable ResumableFacts read(HeldDirectory directory, String id) throws IOException {
    byte[] json;
    try (FileChannel channel = directory.open(id + FACTS, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > MAX_FACTS_BYTES) {
        return null;
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // Until it is full, or the file at its end.
      }
      json = buffer.array();
    } catch (NoSuchFileException _) {
      return null;
    }
    try {
      return Json.read(json, ResumableFacts.class);
    } catch (IOException e) {
      LOG.warn("the facts of resumable upload {} cannot be read: {}", id, e.toString());
      return null;
    }
  }

  /** Writes the facts of an upload, durably and in one step. */
  void write(HeldDirectory directory, String id, ResumableFacts facts) throws IOException {
    String temporary = newId() + TEMPORARY;
    boolean done = false;
    try {
      try (FileChannel channel =
          directory.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(Json.bytes(facts));
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      directory.move(temporary, directory, id + FACTS);
      done = true;
    } finally {
      if (!done) {
        directory.delete(temporary);
      }
    }
    directory.sync();
  }

  /** Removes an upload. Without facts there is none, so they go first. */
  void delete(HeldDirectory directory, String id) throws IOException {
    directory.delete(id + FACTS);
    directory.delete(id);
    directory.sync();
  }

  /** The ids of all uploads, and of bytes without facts. */
  Set<String> ids(HeldDirectory directory) throws IOException {
    Set<String> ids = new TreeSet<>();
    for (String name : names(directory)) {
      String id = name.endsWith(FACTS) ? name.substring(0, name.length() - FACTS.length()) : name;
      if (isId(id)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /** A directory stream can be gone through once, so this takes one of its own. */
  private static List<String> names(HeldDirectory directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (HeldDirectory own = directory.child(".")) {
      own.names().forEach(names::add);
    }
    return names;
  }

  /**
   * Refuses an upload beyond the limit of unfinished ones, and forgets the oldest of those that are
   * visible files when there are more than the limit of them.
   */
  void makeRoom(HeldDirectory directory, int limit) throws IOException {
    Set<String> unfinished = new HashSet<>();
    List<String> finished = new ArrayList<>();
    for (String name : names(directory)) {
      if (isId(name)) {
        unfinished.add(name);
      } else if (name.endsWith(FACTS)) {
        finished.add(name.substring(0, name.length() - FACTS.length()));
      }
    }
    finished.removeAll(unfinished);
    if (unfinished.size() >= limit) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED, limit + " resumable uploads are unfinished already");
    }
    if (finished.size() < limit) {
      return;
    }
    Map<String, Long> modified = new HashMap<>();
    for (String id : finished) {
      BasicFileAttributes facts = directory.attributes(id + FACTS);
      modified.put(id, facts == null ? 0L : facts.lastModifiedTime().toMillis());
    }
    finished.sort(Comparator.comparing(id -> modified.getOrDefault(id, 0L)));
    for (String id : finished.subList(0, finished.size() - limit + 1)) {
      directory.delete(id + FACTS);
    }
  }

  /** Removes files that processes ended in the middle of writing, last modified before a time. */
  void deleteTemporary(HeldDirectory directory, long beforeEpochMs) throws IOException {
    for (String name : names(directory)) {
      if (name.endsWith(TEMPORARY)) {
        BasicFileAttributes attributes = directory.attributes(name);
        if (attributes != null && attributes.lastModifiedTime().toMillis() < beforeEpochMs) {
          directory.delete(name);
        }
      }
    }
  }
}
