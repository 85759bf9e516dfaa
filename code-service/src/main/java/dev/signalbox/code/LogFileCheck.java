package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks along the log file beside the messages it must hold, one line each, and finds the first
 * line that differs. A file that ends early is behind the database and not damaged.
 */
final class LogFileCheck implements AutoCloseable {

  private static final int BUFFER = 64 << 10;

  private final Path file;
  private @Nullable InputStream open;
  private final StringBuilder line = new StringBuilder();
  private long lines;
  private boolean ended;
  private @Nullable Long firstDifference;

  /**
   * @param file read by {@link #accept} and {@link #goesOn}, which block
   */
  LogFileCheck(Path file) {
    this.file = file;
  }

  /** A file that does not exist has no lines. */
  private InputStream lines() throws IOException {
    InputStream current = open;
    if (current == null) {
      current =
          Files.exists(file)
              ? new BufferedInputStream(Files.newInputStream(file), BUFFER)
              : InputStream.nullInputStream();
      open = current;
    }
    return current;
  }

  /** Compares the next line with the message it must be of. */
  void accept(Message message) {
    if (ended) {
      return;
    }
    line.setLength(0);
    LogLine.write(message, line);
    byte[] expected = line.toString().getBytes(UTF_8);
    try {
      byte[] actual = lines().readNBytes(expected.length);
      if (Arrays.equals(actual, expected)) {
        lines++;
      } else if (Arrays.equals(actual, Arrays.copyOf(expected, actual.length))) {
        ended = true;
      } else {
        differs();
      }
    } catch (IOException e) {
      differs(); // it cannot be read
    }
  }

  /** Whether the file goes on after the last line that was compared. */
  boolean goesOn() {
    try {
      if (ended) {
        return false;
      }
      InputStream rest = lines();
      rest.mark(1);
      boolean more = rest.read() >= 0;
      rest.reset();
      return more;
    } catch (IOException e) {
      return false;
    }
  }

  /** The next line is of no message. */
  void differs() {
    firstDifference = lines + 1;
    ended = true;
  }

  VerifyMessagesReply.LogFile result() {
    return new VerifyMessagesReply.LogFile(firstDifference == null, lines, firstDifference);
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
