package dev.signalbox.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Looks at the first bytes and the sizes of SQLite files alone (sqlite.org/fileformat2.html):
 * opening a database may repair it, or wait for its lock.
 */
final class DatabaseChecks {

  private static final int MOST_DATABASES = 50;
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;
  private static final int PAGE_SIZE = 16;
  private static final int CHANGES = 24;
  private static final int PAGES = 28;
  private static final int VALID_FOR = 92;
  private static final int LARGEST_PAGE = 65_536;
  private static final String RESTORE = "Restore it from a backup (docs/operations/backup.md).";

  private DatabaseChecks() {}

  /** Those of a directory. */
  static List<PlaceCheck> of(Path data) throws IOException {
    List<Path> files = new ArrayList<>();
    boolean filled = false;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(data, "*.db")) {
      for (Path file : all) {
        if (files.size() == MOST_DATABASES) {
          break;
        }
        files.add(file);
        filled |= Files.isRegularFile(file) && Files.size(file) > 0;
      }
    }
    List<PlaceCheck> found = new ArrayList<>();
    for (Path file : files) {
      found.add(database(file, filled));
    }
    return found;
  }

  private static PlaceCheck database(Path file, boolean othersFilled) {
    String name = "database " + file.getFileName();
    try {
      if (!Files.isRegularFile(file) || !Files.isReadable(file) || !Files.isWritable(file)) {
        return PlaceCheck.error(
            name, file + " cannot be read and written", "Change its owner or permissions.");
      }
      // What a log or journal still holds is not in the file, which may be smaller than it says.
      boolean pending = filled(file, "-wal") || filled(file, "-journal");
      byte[] header;
      try (InputStream in = Files.newInputStream(file)) {
        header = in.readNBytes(HEADER);
      }
      long bytes = Files.size(file); // after the header: the file may grow meanwhile
      if (bytes == 0) {
        return othersFilled && !pending
            ? PlaceCheck.warning(
                name,
                file + " is empty, and others beside it are not",
                "If it had content, restore it from a backup (docs/operations/backup.md).")
            : PlaceCheck.ok(name, "empty");
      }
      int magic = Math.min(header.length, MAGIC.length);
      if (!Arrays.equals(header, 0, magic, MAGIC, 0, magic)) {
        return PlaceCheck.error(name, file + " is no SQLite database", RESTORE);
      }
      long whole = header.length < HEADER ? HEADER : size(ByteBuffer.wrap(header));
      if (bytes < whole && !pending) {
        return PlaceCheck.error(
            name, file + " is cut: it has " + bytes + " of " + whole + " bytes", RESTORE);
      }
      return PlaceCheck.ok(name, bytes / 1024 + " KiB");
    } catch (IOException e) {
      return PlaceCheck.error(name, file + ": " + e, "Look at the disk.");
    }
  }

  private static boolean filled(Path file, String suffix) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + suffix);
    return Files.exists(beside) && Files.size(beside) > 0;
  }

  /** The bytes that a database says it has; 0 where its writer did not keep the count of pages. */
  private static long size(ByteBuffer header) {
    int page = Short.toUnsignedInt(header.getShort(PAGE_SIZE));
    boolean counted = header.getInt(CHANGES) == header.getInt(VALID_FOR);
    long pages = counted ? Integer.toUnsignedLong(header.getInt(PAGES)) : 0;
    return pages * (page == 1 ? LARGEST_PAGE : page);
  }
}
