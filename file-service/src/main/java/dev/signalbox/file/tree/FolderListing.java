package dev.signalbox.file.tree;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FolderInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.file.tree.FileRoot.Existing;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A page of what is directly in a folder: folders first, then files, each in the order of their
 * names. Links that stay below the root are what they lead to. Only what may still come onto the
 * page is kept, and only that is looked at beyond its name. Blocks on the disk.
 */
final class FolderListing {

  private static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::file).thenComparing(Entry::name);

  private final FileRoot root;
  private final TreePath folder;
  private final String base;
  private final int limit;
  private final @Nullable Cursor after;
  private final PriorityQueue<Entry> first = new PriorityQueue<>(ORDER.reversed());

  /** Where the page before ended: folders come before files. */
  private record Cursor(boolean file, String name) {}

  private record Entry(boolean file, String name, BasicFileAttributes attributes) {}

  private FolderListing(FileRoot root, TreePath folder, ListFilesRequest request) {
    this.root = root;
    this.folder = folder;
    this.base = folder.root() ? "/" : folder.text() + "/";
    this.limit = request.limit();
    this.after = cursor(request.after(), base);
  }

  /** A page of a folder, whose path is the request's prefix. */
  static ListFilesReply page(FileRoot root, TreePath folder, ListFilesRequest request)
      throws IOException {
    if (!request.prefix().endsWith("/")) {
      throw ServiceException.invalid("/prefix", "must end in a slash to name a folder");
    }
    FolderListing listing = new FolderListing(root, folder, request);
    if (!(root.find(folder) instanceof Existing place) || !place.attributes().isDirectory()) {
      throw noSuchFolder();
    }
    try (HeldDirectory held = root.hold(place.real())) {
      listing.scan(held);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (NoSuchFileException | NotDirectoryException | AccessDeniedException _) {
      throw noSuchFolder();
    }
    return listing.reply();
  }

  private static ServiceException noSuchFolder() {
    return new ServiceException(ErrorCode.NOT_FOUND, "No such folder");
  }

  private static @Nullable Cursor cursor(@Nullable String after, String base) {
    if (after == null) {
      return null;
    }
    if (!after.startsWith(base)) {
      throw ServiceException.invalid("/after", "must be in the folder");
    }
    boolean file = !after.endsWith("/");
    int end = after.length() - (file ? 0 : 1);
    return new Cursor(file, after.substring(base.length(), Math.max(base.length(), end)));
  }

  private void scan(HeldDirectory held) throws IOException {
    int seen = 0;
    for (String name : held.names()) {
      FileListing.requireListable(base, ++seen);
      if (!mayCome(name) || !TreePath.mayName(name)) {
        continue;
      }
      Entry entry = entry(held, name);
      if (entry != null && isAfterCursor(entry)) {
        first.add(entry);
        if (first.size() > limit + 1) {
          first.poll();
        }
      }
    }
  }

  /** Whether a name may be on the page, whatever it stands for: most need no look at the disk. */
  private boolean mayCome(String name) {
    Cursor cursor = after;
    boolean filesOnly = false;
    if (cursor != null && cursor.file()) {
      if (name.compareTo(cursor.name()) <= 0) {
        return false;
      }
      filesOnly = true;
    }
    Entry last = first.peek();
    return last == null
        || first.size() <= limit
        || name.compareTo(last.name()) <= 0
        || (last.file() && !filesOnly);
  }

  private boolean isAfterCursor(Entry entry) {
    Cursor cursor = after;
    if (cursor == null) {
      return true;
    }
    return entry.file() == cursor.file() ? entry.name().compareTo(cursor.name()) > 0 : entry.file();
  }

  /** Null for what is not served. */
  private @Nullable Entry entry(HeldDirectory held, String name) throws IOException {
    BasicFileAttributes attributes = held.attributes(name);
    if (attributes != null && attributes.isSymbolicLink()) {
      attributes =
          root.find(folder.child(name)) instanceof Existing linked ? linked.attributes() : null;
    }
    if (attributes == null) {
      return null;
    }
    if (attributes.isRegularFile()) {
      return new Entry(true, name, attributes);
    }
    return attributes.isDirectory() ? new Entry(false, name, attributes) : null;
  }

  private ListFilesReply reply() {
    List<Entry> entries = new ArrayList<>(first);
    entries.sort(ORDER);
    boolean more = entries.size() > limit;
    List<FileInfo> files = new ArrayList<>();
    List<FolderInfo> folders = new ArrayList<>();
    for (Entry entry : more ? entries.subList(0, limit) : entries) {
      if (entry.file()) {
        files.add(FileFinder.info(folder.child(entry.name()), entry.attributes()));
      } else {
        folders.add(
            new FolderInfo(
                base + entry.name() + "/", FileVersion.of(entry.attributes()).modifiedEpochMs()));
      }
    }
    String next =
        !more ? null : files.isEmpty() ? folders.getLast().path() : files.getLast().path();
    return new ListFilesReply(files, next, folders);
  }
}
