package dev.signalbox.code;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that {@code messages.log} was rotated into, beside it. Their names say which messages
 * are in them, so that neither a start nor a rotation has to open them.
 */
final class RotatedFiles {

  private static final Pattern NAME = Pattern.compile("messages\\.(\\d{12,18})-(\\d{12,18})\\.log");

  /**
   * One of them.
   *
   * @param first id of its first message
   * @param last id of its last message
   */
  record Rotated(long first, long last, Path path) {

    static final Comparator<Rotated> ORDER =
        Comparator.comparingLong(Rotated::first).thenComparingLong(Rotated::last);
  }

  private final Path file;
  private final Path directory;

  /**
   * @param file messages.log
   */
  RotatedFiles(Path file) {
    this.file = file;
    Path parent = file.toAbsolutePath().getParent();
    this.directory = parent == null ? file.toAbsolutePath() : parent;
  }

  /** Those that there are, in the order of their messages. */
  NavigableSet<Rotated> list() throws IOException {
    NavigableSet<Rotated> found = new TreeSet<>(Rotated.ORDER);
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory, "messages.*-*.log")) {
      for (Path path : paths) {
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (name.matches()) {
          found.add(
              new Rotated(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)), path));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return found;
    }
    return found;
  }

  /** What {@code messages.log} is called once it is rotated. */
  Path name(long first, long last) {
    return directory.resolve(String.format(Locale.ROOT, "messages.%012d-%012d.log", first, last));
  }

  /**
   * Gives {@code messages.log}, whose content is on the disk, the name of a rotated file. This one
   * rename is the rotation: without {@code messages.log} the next turn begins one.
   */
  void add(long first, long last) throws IOException {
    Path to = name(first, last);
    if (Files.exists(to)) {
      throw new IOException(to.getFileName() + " is there already");
    }
    Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
    force();
  }

  /** Deletes the oldest files but for so many. */
  void keep(int count) throws IOException {
    NavigableSet<Rotated> files = list();
    while (files.size() > count) {
      // The oldest first: a crash in between leaves no gap.
      Files.deleteIfExists(files.removeFirst().path());
    }
  }

  /** Brings names that were given or taken to the disk. */
  void force() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
