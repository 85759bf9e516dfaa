package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.PathText;
import dev.signalbox.file.tree.FileRoot.Existing;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Lists files in the order of their paths, a page at a time. A directory is read without being
 * kept: only the names that may still come onto the page are. Linked directories are not entered
 * unless the prefix names them, for links can form rings. Blocks on the disk.
 */
public final class FileListing {

  /** The longest page. */
  static final int MAX_LIMIT = 1_000;

  /** One directory with more entries than this cannot be put in order within a call's time. */
  private static final int MAX_DIRECTORY = 2_000_000;

  private final FileRoot root;
  private final int work;

  /**
   * @param work how many directory entries a page may look at before it ends early
   */
  public FileListing(FileRoot root, int work) {
    this.root = root;
    this.work = work;
  }

  /** A page. */
  public ListFilesReply page(ListFilesRequest request) throws IOException {
    if (request.limit() < 1 || request.limit() > MAX_LIMIT) {
      throw ServiceException.invalid("/limit", "must be from 1 to " + MAX_LIMIT);
    }
    String prefix = request.prefix();
    TreePath start =
        switch (TreePath.parse(prefix.substring(0, prefix.lastIndexOf('/') + 1))) {
          case TreePath.Inside(TreePath path) -> path;
          case TreePath.Outside(String message) ->
              throw ServiceException.invalid("/prefix", message);
          case TreePath.TooLong(String message) ->
              throw ServiceException.invalid("/prefix", message);
        };
    if (request.folder()) {
      return FolderListing.page(root, start, request);
    }
    Walk walk = new Walk(prefix, request.after(), request.limit());
    if (root.find(start) instanceof Existing place && place.attributes().isDirectory()) {
      walk.enter(start, place.real());
    }
    return walk.reply();
  }

  /** Refuses a directory with more entries than can be put in order. */
  static void requireListable(String path, int entries) {
    if (entries > MAX_DIRECTORY) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED,
          PathText.readable(path)
              + " has more than "
              + MAX_DIRECTORY
              + " entries; it cannot be listed");
    }
  }

  /**
   * One entry of a directory; a directory sorts as if its name ended in a slash, as its files do.
   */
  private record Entry(String key, String name, BasicFileAttributes attributes) {}

  /** The making of one page. */
  private final class Walk {

    private final String prefix;
    private final String after;
    private final int limit;
    private final List<FileInfo> files = new ArrayList<>();
    private int examined;
    private @Nullable String next;

    Walk(String prefix, @Nullable String after, int limit) {
      this.prefix = prefix;
      this.after = after == null ? "" : after;
      this.limit = limit;
    }

    /** Whether the page is as long as it may be. */
    private boolean done() {
      return next != null;
    }

    ListFilesReply reply() {
      return new ListFilesReply(files, next, null);
    }

    void enter(TreePath directory, Path real) throws IOException {
      String base = directory.root() ? "/" : directory.text() + "/";
      // Directories on the way to where the last page ended are always entered, or a page that
      // ended early could end at the same place for ever.
      if (examined >= work && !after.startsWith(base)) {
        next = base;
        return;
      }
      String floor = "";
      while (floor != null && !done()) {
        floor = scan(directory, base, real, floor);
      }
    }

    /**
     * Takes the first entries above the floor.
     *
     * @return the last key taken when there are more; null when the directory is through
     */
    private @Nullable String scan(TreePath directory, String base, Path real, String floor)
        throws IOException {
      int room = limit - files.size() + 1;
      PriorityQueue<Entry> first =
          new PriorityQueue<>(Comparator.comparing(Entry::key, Comparator.reverseOrder()));
      boolean more = false;
      int seen = 0;
      // The walk down from the root is work too: a deep tree must not cost more than a wide one.
      examined += directory.names().size();
      try (HeldDirectory held = root.hold(real)) {
        for (String name : held.names()) {
          examined++;
          requireListable(base, ++seen);
          if (!mayList(base, name)) {
            continue;
          }
          Entry last = first.peek();
          if (last != null && first.size() > room && name.compareTo(last.key) > 0) {
            more = true;
            continue; // as a directory it would sort even later
          }
          Entry entry = entry(held, name);
          if (entry != null && entry.key.compareTo(floor) > 0) {
            first.add(entry);
            if (first.size() > room + 1) {
              first.poll();
              more = true;
            }
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      } catch (NoSuchFileException | NotDirectoryException _) {
        return null; // it went away meanwhile, and its files with it
      } catch (AccessDeniedException _) {
        return null; // what may not be read is not served either
      }
      List<Entry> inOrder = new ArrayList<>(first);
      inOrder.sort(Comparator.comparing(Entry::key));
      for (Entry entry : inOrder) {
        take(directory, base, real, entry);
        if (done()) {
          return null;
        }
      }
      return more ? inOrder.getLast().key : null;
    }

    /** Whether a name, as a file or as a directory, may lead to something for this page. */
    private boolean mayList(String base, String name) {
      if (!TreePath.mayName(name)) {
        return false;
      }
      String path = base + name;
      String inside = path + "/";
      return (path.startsWith(prefix) || prefix.startsWith(inside))
          && (path.compareTo(after) > 0 || inside.compareTo(after) > 0 || after.startsWith(inside));
    }

    private static @Nullable Entry entry(HeldDirectory held, String name) throws IOException {
      BasicFileAttributes attributes = held.attributes(name);
      if (attributes == null) {
        return null;
      }
      return new Entry(attributes.isDirectory() ? name + "/" : name, name, attributes);
    }

    private void take(TreePath directory, String base, Path real, Entry entry) throws IOException {
      TreePath path = directory.child(entry.name);
      if (entry.attributes.isDirectory()) {
        if (path.names().size() < TreePath.MAX_NAMES) {
          enter(path, real.resolve(NativePath.of(entry.name)));
        }
        return;
      }
      BasicFileAttributes attributes = entry.attributes;
      if (attributes.isSymbolicLink()) {
        if (!(root.find(path) instanceof Existing linked)) {
          return;
        }
        attributes = linked.attributes();
      }
      String text = base + entry.name;
      if (!attributes.isRegularFile() || !text.startsWith(prefix) || text.compareTo(after) <= 0) {
        return;
      }
      if (files.size() == limit) {
        next = files.getLast().path();
        return;
      }
      files.add(FileFinder.info(path, attributes));
    }
  }
}
