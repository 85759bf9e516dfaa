package dev.signalbox.file.upload;

import dev.signalbox.file.tree.FileRoot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the hidden files of uploads whose process is gone. The lock on a hidden file tells: the
 * system takes it away from a process however it ends. Blocks on the disk, for as long as it takes
 * to go through the whole tree.
 */
public final class AbandonedUploads {

  private static final Logger log = LoggerFactory.getLogger(AbandonedUploads.class);
  private static final String PREFIX = ".upload-";

  private final FileRoot root;
  private final String own;

  /**
   * @param process id of this process, whose own uploads are left alone
   */
  public AbandonedUploads(FileRoot root, String process) {
    this.root = root;
    this.own = prefix(process);
  }

  /** How the hidden files of a process are called. */
  public static String prefix(String process) {
    return PREFIX + process.replaceAll("[^A-Za-z0-9]", "") + "-";
  }

  /**
   * Removes them.
   *
   * @param stop asked at each file
   * @return how many there were
   */
  public int remove(BooleanSupplier stop) throws IOException {
    AtomicInteger removed = new AtomicInteger();
    FileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isAbandoned(file)) {
              removed.incrementAndGet();
            }
            return stop.getAsBoolean() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            log.debug("not looked at: {}", e.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        };
    Files.walkFileTree(root.real(), visitor);
    if (removed.get() > 0) {
      log.info("removed the files of {} abandoned uploads", removed.get());
    }
    return removed.get();
  }

  private boolean isAbandoned(Path file) {
    String name = String.valueOf(file.getFileName());
    // A process must not even open its own: closing any channel to a file drops its locks on it.
    if (!name.startsWith(PREFIX) || name.startsWith(own)) {
      return false;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.tryLock() == null) {
        return false;
      }
      Files.deleteIfExists(file);
      return true;
    } catch (OverlappingFileLockException _) {
      return false;
    } catch (IOException e) {
      log.warn("cannot remove {} of an abandoned upload: {}", file, e.toString());
      return false;
    }
  }
}
