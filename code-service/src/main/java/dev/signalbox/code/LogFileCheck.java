package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Walks along the rotated files and the log file beside the messages they must hold, one line each,
 * and finds the first line that differs. A log file that ends early is behind the database and not
 * damaged; a rotated file must hold all that its name says, and the next must follow it.
 *
 * <p>Its methods block. Files may be rotated and the oldest be deleted while it walks: the
 * directory is listed at the beginning and again where the list does not go on.
 */
final class LogFileCheck implements AutoCloseable {

  private static final int BUFFER = 64 << 10;

  private final Path file;
  private final RotatedFiles rotated;
  private final boolean deletes;
  private final StringBuilder line = new StringBuilder();

  private NavigableSet<RotatedFiles.Rotated> listed = Collections.emptyNavigableSet();

  /** The last rotated file that was opened. */
  private RotatedFiles.Rotated current = new RotatedFiles.Rotated(0, 0, Path.of(""));

  private @Nullable InputStream open;
  private boolean inLogFile;
  private String name;
  private long lineInFile;
  private long firstInFile;

  /** The message that was looked at last. */
  private LogHeader before = LogHeader.NONE;

  /** Messages below this one are in files that were deleted. */
  private long first = 1;

  private @Nullable Long firstMessage;
  private long lines;
  private boolean ended;
  private @Nullable Long firstDifference;

  /**
   * @param file the log file
   * @param deletes whether the oldest of the rotated files may be missing
   */
  LogFileCheck(Path file, boolean deletes) {
    this.file = file;
    this.rotated = new RotatedFiles(file);
    this.deletes = deletes;
    this.name = String.valueOf(file.getFileName());
  }

  /** Compares the next line with the message it must be of. */
  void accept(Message message) {
    if (!ended && message.id() >= first) {
      try {
        compare(message);
      } catch (IOException e) {
        differs(); // it cannot be read
      }
    }
    before = new LogHeader(message.id(), message.hash().hex());
  }

  private void compare(Message message) throws IOException {
    InputStream from = at(message.id());
    if (from == null) {
      return;
    }
    byte[] expected = line(message, LogLine::write);
    byte[] actual;
    if (LogLine.hasBidiControls(message)) {
      // As an earlier version wrote it, which is shorter.
      byte[] raw = line(message, LogLine::writeWithBidiControls);
      actual = from.readNBytes(raw.length);
      if (Arrays.equals(actual, raw)) {
        expected = raw;
      } else {
        actual = joined(actual, from.readNBytes(expected.length - actual.length));
      }
    } else {
      actual = from.readNBytes(expected.length);
    }
    if (actual.length == 0 && inLogFile && wasRotated()) {
      compare(message);
    } else if (Arrays.equals(actual, expected)) {
      lines++;
      lineInFile++;
      if (firstMessage == null) {
        firstMessage = message.id();
      }
    } else if (inLogFile && Arrays.equals(actual, Arrays.copyOf(expected, actual.length))) {
      ended = true;
    } else {
      differs();
    }
  }

  private byte[] line(Message message, BiConsumer<Message, StringBuilder> writer) {
    line.setLength(0);
    writer.accept(message, line);
    return line.toString().getBytes(UTF_8);
  }

  private static byte[] joined(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  /** The file with a message's line, read up to there; null when there is none. */
  private @Nullable InputStream at(long id) throws IOException {
    InputStream from = open;
    if (from != null && !inLogFile && id > current.last()) {
      if (from.read() >= 0) {
        differs(); // more than its name says
        return null;
      }
      from.close();
      open = null;
      from = null;
    }
    return from == null ? next(id) : from;
  }

  /** Opens the file that begins with a message. */
  private @Nullable InputStream next(long id) throws IOException {
    while (true) {
      RotatedFiles.Rotated next = listed.higher(current);
      boolean fresh = next == null;
      if (next == null) {
        listed = rotated.list(); // a long time may have passed
        next = listed.higher(current);
      }
      if (next != null && next.first() > id && deletes && listed.first().first() > id) {
        first = next.first(); // those before were deleted
        return null;
      }
      try {
        InputStream opened =
            new BufferedInputStream(
                Files.newInputStream(next == null ? file : next.path()), BUFFER);
        open = opened;
        inLogFile = next == null;
        name = String.valueOf((next == null ? file : next.path()).getFileName());
        lineInFile = 0;
        firstInFile = id;
        if ((next != null && next.first() != id) || !follows(opened)) {
          if (next == null && !ended) {
            listed = rotated.list();
            if (listed.higher(current) != null) {
              opened.close(); // it was rotated after the list was made
              open = null;
              continue;
            }
          }
          if (!ended) {
            differs();
          }
          return null;
        }
        current = next == null ? current : next;
        return opened;
      } catch (NoSuchFileException e) {
        listed = rotated.list();
        RotatedFiles.Rotated now = listed.higher(current);
        if (next == null && now == null) {
          ended = true; // there is no log file
          return null;
        }
        if (fresh && now != null && now.equals(next)) {
          differs(); // a name without a file
          return null;
        }
      }
    }
  }

  /** Whether the file that was opened begins with what binds it to the message before. */
  private boolean follows(InputStream opened) throws IOException {
    opened.mark(LogHeader.MAX_BYTES);
    String start = new String(opened.readNBytes(LogHeader.MAX_BYTES), UTF_8);
    LogHeader header = LogHeader.of(start);
    opened.reset();
    opened.skipNBytes(header.line().length());
    if (header.id() > 0) {
      lineInFile = 1;
    }
    if (header.equals(before)) {
      return true;
    }
    lineInFile = 0;
    ended = inLogFile && before.line().startsWith(start); // it is just begun
    return false;
  }

  /** Whether the log file that is read to its end has become a rotated file since. */
  private boolean wasRotated() throws IOException {
    listed = rotated.list();
    RotatedFiles.Rotated next = listed.higher(current);
    if (next == null || next.first() != firstInFile) {
      return false;
    }
    current = next; // stays open: it may have grown before it was renamed
    inLogFile = false;
    name = String.valueOf(next.path().getFileName());
    return true;
  }

  /** Whether the files go on after the last line that was compared. */
  boolean goesOn() {
    try {
      if (ended) {
        return false;
      }
      InputStream rest = open;
      if (rest == null || (!inLogFile && !peek(rest))) {
        rest = at(before.id() + 1);
        if (first > before.id() + 1) {
          differs(); // the next file begins beyond the end of the database
        }
      }
      return rest != null && peek(rest);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean peek(InputStream rest) throws IOException {
    rest.mark(1);
    boolean more = rest.read() >= 0;
    rest.reset();
    return more;
  }

  /** The next line is of no message. */
  void differs() {
    firstDifference = lineInFile + 1;
    ended = true;
  }

  VerifyMessagesReply.LogFile result() {
    return new VerifyMessagesReply.LogFile(
        firstDifference == null,
        lines,
        firstDifference,
        firstDifference == null ? null : name,
        firstMessage);
  }

  @Override
  public void close() {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      ended = true; // it was only read
    }
  }
}
