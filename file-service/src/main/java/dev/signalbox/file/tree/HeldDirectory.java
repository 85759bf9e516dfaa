package dev.signalbox.file.tree;

import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory held open. What is done here by name is done in this very directory (openat,
 * renameat, unlinkat), wherever its path leads by then. Where the platform has no such calls, paths
 * are used, still without following a link in the last name.
 */
public final class HeldDirectory implements Closeable {

  private static final Logger log = LoggerFactory.getLogger(HeldDirectory.class);

  private final Path path;
  private final DirectoryStream<Path> stream;

  private HeldDirectory(Path path, DirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Walks from the root to a directory below it; a link on the way is an error. */
  @SuppressWarnings("StreamResourceLeak") // the last one stays open: it is the directory held
  static HeldDirectory open(Path root, Path directory) throws IOException {
    DirectoryStream<Path> held = Files.newDirectoryStream(root);
    if (!(held instanceof SecureDirectoryStream<Path>)) {
      held.close();
      return new HeldDirectory(directory, Files.newDirectoryStream(directory));
    }
    if (!directory.equals(root)) {
      for (Path name : root.relativize(directory)) {
        try (DirectoryStream<Path> upper = held) {
          held =
              ((SecureDirectoryStream<Path>) upper)
                  .newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
    return new HeldDirectory(directory, held);
  }

  /**
   * Opens every directory from the root down to a directory below it, in this order; a link on the
   * way is an error.
   */
  public static List<HeldDirectory> openAll(Path root, Path directory) throws IOException {
    List<HeldDirectory> all = new ArrayList<>();
    try {
      all.add(open(root, root));
      if (!directory.equals(root)) {
        for (Path name : root.relativize(directory)) {
          all.add(all.getLast().child(NativePath.name(name)));
        }
      }
      return all;
    } catch (IOException | RuntimeException e) {
      closeAll(all);
      throw e;
    }
  }

  /** Closes directories, whatever fails. */
  public static void closeAll(List<HeldDirectory> all) {
    for (HeldDirectory directory : all) {
      try {
        directory.close();
      } catch (IOException e) {
        log.debug("closing {}: {}", directory.path, e.toString());
      }
    }
  }

  /** Opens a directory in this one; a link is an error. */
  @SuppressWarnings("StreamResourceLeak") // it stays open: it is the directory held
  public HeldDirectory child(String name) throws IOException {
    Path deeper = path.resolve(NativePath.of(name));
    return new HeldDirectory(
        deeper,
        stream instanceof SecureDirectoryStream<Path> secure
            ? secure.newDirectoryStream(NativePath.of(name), LinkOption.NOFOLLOW_LINKS)
            : Files.newDirectoryStream(deeper));
  }

  /** Whether its path still leads to it; false when it was removed or replaced since. */
  public boolean atItsPath() throws IOException {
    BasicFileAttributes held = attributes(".");
    try {
      return held != null
          && Objects.equals(
              held.fileKey(),
              Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                  .fileKey());
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  /** The real path it was opened at. */
  public Path path() {
    return path;
  }

  /** The names in it, in no order; to be gone through once. */
  public Iterable<String> names() {
    return () -> {
      Iterator<Path> entries = stream.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return entries.hasNext();
        }

        @Override
        public String next() {
          return NativePath.name(entries.next());
        }
      };
    };
  }

  /** What a name stands for, a link for itself; null when there is nothing. */
  public @Nullable BasicFileAttributes attributes(String name) throws IOException {
    try {
      if (stream instanceof SecureDirectoryStream<Path> secure) {
        return secure
            .getFileAttributeView(
                NativePath.of(name), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
      }
      return Files.readAttributes(
          path.resolve(NativePath.of(name)), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  /** Sets the last modification of a file to now; a link is not followed. */
  public void touch(String name) throws IOException {
    Path file = NativePath.of(name);
    BasicFileAttributeView view =
        stream instanceof SecureDirectoryStream<Path> secure
            ? secure.getFileAttributeView(
                file, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            : Files.getFileAttributeView(
                path.resolve(file), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    view.setTimes(FileTime.from(Instant.now()), null, null);
  }

  /** Opens a file here; a link is an error. One that is created is for this user alone. */
  public FileChannel open(String name, StandardOpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(Set.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    if (!(stream instanceof SecureDirectoryStream<Path> secure)) {
      return FileChannel.open(
          path.resolve(NativePath.of(name)), all, PrivateFiles.attributes(path));
    }
    SeekableByteChannel channel =
        secure.newByteChannel(NativePath.of(name), all, PrivateFiles.attributes(path));
    if (channel instanceof FileChannel file) {
      return file;
    }
    channel.close();
    throw new FileSystemException(name, null, "not a file channel");
  }

  /** Moves a file of this directory into another, replacing what is there in one step. */
  public void move(String name, HeldDirectory target, String newName) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> from
        && target.stream instanceof SecureDirectoryStream<Path> to) {
      from.move(NativePath.of(name), to, NativePath.of(newName));
    } else {
      Files.move(
          path.resolve(NativePath.of(name)),
          target.path.resolve(NativePath.of(newName)),
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Removes a file; one that is gone already is fine. */
  public void delete(String name) throws IOException {
    try {
      if (stream instanceof SecureDirectoryStream<Path> secure) {
        secure.deleteFile(NativePath.of(name));
      } else {
        Files.delete(path.resolve(NativePath.of(name)));
      }
    } catch (NoSuchFileException _) {
      // Another process has deleted it already.
    }
  }

  /** What became of a directory that was to be removed. */
  enum Removal {
    DONE,
    /** It was not there any more. */
    GONE,
    NOT_EMPTY
  }

  /** Removes a directory if it is empty. */
  Removal deleteDirectory(String name) throws IOException {
    try {
      if (stream instanceof SecureDirectoryStream<Path> secure) {
        secure.deleteDirectory(NativePath.of(name));
      } else if (Files.isDirectory(path.resolve(NativePath.of(name)), LinkOption.NOFOLLOW_LINKS)) {
        Files.delete(path.resolve(NativePath.of(name)));
      } else {
        return Removal.GONE;
      }
      return Removal.DONE;
    } catch (DirectoryNotEmptyException _) {
      return Removal.NOT_EMPTY;
    } catch (NoSuchFileException _) {
      return Removal.GONE;
    }
  }

  /** Makes what was renamed, linked or removed here survive a loss of power. */
  public void sync() throws IOException {
    try (FileChannel self = open(".", StandardOpenOption.READ)) {
      self.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
