package dev.signalbox.file.tree;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory served. A symbolic link below it may point to another place below it, and is then
 * as good as that place; one that leads out of it, or to a hidden file, leads nowhere.
 *
 * <p>Between resolving a path and using it another user of the machine could exchange a directory
 * for a link. So what is opened, replaced or removed goes through {@link HeldDirectory}, which
 * walks the resolved path down from the root without following any link.
 */
public final class FileRoot {

  private static final Logger log = LoggerFactory.getLogger(FileRoot.class);

  private final Path real;

  private FileRoot(Path real) {
    this.real = real;
  }

  /** Where a path leads. */
  public sealed interface Place {}

  /**
   * There is something.
   *
   * @param real where it is after all links, below the root
   * @param attributes what it is
   */
  public record Existing(Path real, BasicFileAttributes attributes) implements Place {}

  /** There is nothing. */
  public record Absent() implements Place {}

  /** The path leads out, or to what this process may not read. */
  public record Barred(String message) implements Place {}

  /** Serves a directory that exists. */
  public static FileRoot at(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(directory.toString(), null, "not a directory");
    }
    return new FileRoot(real);
  }

  /** Where the root is, after all links. */
  public Path real() {
    return real;
  }

  /** Where a path is when no name of it is a link. */
  Path resolve(TreePath path) {
    return real.resolve(NativePath.of(String.join("/", path.names())));
  }

  /** Follows a path to where it leads. */
  public Place find(TreePath path) throws IOException {
    try {
      Path target = resolve(path).toRealPath();
      if (!target.startsWith(real)) {
        return new Barred("the path leaves the root through a symbolic link");
      }
      if (hidden(target)) {
        return new Barred("the path leads to a hidden file through a symbolic link");
      }
      BasicFileAttributes attributes =
          Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      // A real path has no links: one that shows up has just been put there.
      return attributes.isSymbolicLink() ? new Absent() : new Existing(target, attributes);
    } catch (NoSuchFileException | InvalidPathException _) {
      return new Absent();
    } catch (AccessDeniedException _) {
      return new Barred("the path may not be read");
    } catch (FileSystemException e) {
      // ENOTDIR, ELOOP and ENAMETOOLONG have no type of their own and mean that nothing is there.
      log.debug("treating a path as absent: {}", e.getReason());
      return new Absent();
    }
  }

  /** Whether a name below the root begins with a dot. */
  private boolean hidden(Path target) {
    if (target.equals(real)) {
      return false;
    }
    for (Path name : real.relativize(target)) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** Opens a directory below the root, given by its real path, without following links. */
  public HeldDirectory hold(Path realDirectory) throws IOException {
    return HeldDirectory.open(real, realDirectory);
  }
}
