package dev.signalbox.platform.node;

import dev.signalbox.contracts.disk.FileMutex;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for what a process unpacks or makes for its own time alone, such as the native parts
 * of libraries. The process removes it at its end. A process that was killed cannot, so one of the
 * same user that starts later removes what it finds abandoned, which is neither locked nor was
 * touched lately: otherwise each kill would leave some megabytes for ever.
 */
public final class TemporaryDirectory {

  /** The JDK's directory for temporary files; libraries ask for it when they need one. */
  static final String PROPERTY = "java.io.tmpdir";

  /** The same of the Zstandard library, which leaves the choice to the JDK otherwise. */
  private static final String ZSTD_PROPERTY = "ZstdTempFolder";

  private static final String PREFIX = "signalbox-process-";

  private static final String LOCK_FILE = ".lock";

  /** How often {@link #touch} is due. */
  static final Duration TOUCH = Duration.ofMinutes(5);

  /**
   * One that was touched since then belongs to a process that runs, whatever its lock says: locks
   * do not reach other machines everywhere, and a process that starts has none yet.
   */
  private static final Duration YOUNG = TOUCH.multipliedBy(3);

  private static @Nullable TemporaryDirectory ofProcess;

  private final Path path;
  private final @Nullable FileMutex mutex;

  private TemporaryDirectory(Path path, @Nullable FileMutex mutex) {
    this.path = path;
    this.mutex = mutex;
  }

  /**
   * The one of this process. The first call makes it, below {@code java.io.tmpdir}, which names it
   * from then on: so do it before a library asks. The JDK itself does not ask again, so name it
   * where {@link Files#createTempFile} is called.
   *
   * @throws StartException when none can be made
   */
  public static synchronized TemporaryDirectory ofProcess() {
    TemporaryDirectory made = ofProcess;
    if (made == null) {
      made = below(Path.of(System.getProperty(PROPERTY)));
      System.setProperty(PROPERTY, made.path.toString());
      System.setProperty(ZSTD_PROPERTY, made.path.toString());
      ofProcess = made;
    }
    return made;
  }

  /** Makes one, and removes those below the same directory whose processes are gone. */
  static TemporaryDirectory below(Path parent) {
    try {
      TemporaryDirectory made;
      try {
        made = make(parent);
      } catch (IOException full) {
        // Perhaps of what processes left that were killed.
        removeAbandoned(parent);
        made = make(parent);
      }
      if (made.mutex != null) {
        removeAbandoned(parent, Files.getOwner(made.path));
      }
      return made;
    } catch (IOException e) {
      throw new StartException(
          "No temporary files can be made below "
              + parent
              + ": "
              + e
              + ". Make it writable, or name another directory with -D"
              + PROPERTY
              + "=DIR in JAVA_OPTS.",
          e);
    }
  }

  private static TemporaryDirectory make(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, PREFIX);
    try {
      Path lock = Files.createFile(path.resolve(LOCK_FILE));
      return new TemporaryDirectory(path, lock(lock));
    } catch (IOException e) {
      remove(path);
      throw e;
    }
  }

  /** Null where it cannot be locked, as on a file system without locks. */
  private static @Nullable FileMutex lock(Path file) {
    try {
      return FileMutex.tryAcquire(file).orElse(null);
    } catch (IOException e) {
      log().debug("cannot lock {}", file, e);
      return null;
    }
  }

  /** While nothing can be made there that would show who the user is. */
  private static void removeAbandoned(Path parent) {
    try {
      removeAbandoned(
          parent,
          parent
              .getFileSystem()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(System.getProperty("user.name")));
    } catch (IOException e) {
      log().debug("cannot look for what other processes left below {}", parent, e);
    }
  }

  private static Logger log() {
    return LoggerFactory.getLogger(TemporaryDirectory.class);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  private static void removeAbandoned(Path parent, UserPrincipal user) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path directory : found) {
        try {
          if (isOld(directory, user)) {
            removeUnlessHeld(directory);
          }
        } catch (IOException e) {
          log().debug("cannot remove {}, which was left by another process", directory, e);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Who may write to a directory may not always list it: no reason not to start.
      log().debug("cannot look for what other processes left below {}", parent, e);
    }
  }

  /** Directories of other users are theirs, and each of them may make a link in a public one. */
  private static boolean isOld(Path directory, UserPrincipal user) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(directory, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return attributes.isDirectory()
        && attributes.lastModifiedTime().toInstant().isBefore(Instant.now().minus(YOUNG))
        && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user);
  }

  private static void removeUnlessHeld(Path directory) throws IOException {
    Optional<FileMutex> mutex = FileMutex.tryAcquire(directory.resolve(LOCK_FILE));
    if (mutex.isPresent()) {
      mutex.get().close(); // a file in use cannot be removed everywhere
      remove(directory);
    }
  }

  private static void remove(Path directory) throws IOException {
    try {
      removeTree(directory);
    } catch (DirectoryNotEmptyException e) {
      removeTree(directory); // a library was being unpacked
    }
  }

  private static void removeTree(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // another removed it, as unpacking does
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Shows other processes, and those who clean by age, that it is in use, until Vert.x closes. */
  public void keepTouching(Vertx vertx) {
    vertx.setPeriodic(
        TOUCH.toMillis(),
        _ ->
            vertx
                .executeBlocking(
                    () -> {
                      touch();
                      return null;
                    },
                    false)
                .onFailure(e -> log().debug("cannot keep {} from being removed", path, e)));
  }

  /** The same for now; makes it again if it was removed from outside. Blocks. */
  void touch() throws IOException {
    try {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      makeAgain();
      log().warn("{}, which is in use, was removed, and is made again", path);
      return;
    }
    if (mutex != null) {
      mutex.touch();
    }
  }

  /** Without its lock, which the file that was removed holds: being touched protects it too. */
  private void makeAgain() throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(path);
    }
  }

  /** Removes it with all that is in it. */
  void remove() {
    try {
      if (mutex != null) {
        mutex.close();
      }
      remove(path);
    } catch (IOException e) {
      log().debug("cannot remove {}; a later process will", path, e);
    }
  }

  /** Removes that of this process, if it has one: the process is about to end. */
  static synchronized void removeOfProcess() {
    if (ofProcess != null) {
      ofProcess.remove();
    }
  }
}
