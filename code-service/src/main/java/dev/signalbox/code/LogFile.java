package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.disk.PrivateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log file, held open by the holder of its mutex. Ends in a whole line from {@link #open} on:
 * what a crash left of a line is cut off. A file that goes on after a rotated one begins with a
 * {@link LogHeader}.
 */
final class LogFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);
  private static final int BLOCK = 64 << 10;

  private final FileChannel channel;
  private LogHeader header = LogHeader.NONE;
  private long lastId;
  private String lastHash = "";

  private LogFile(FileChannel channel) {
    this.channel = channel;
  }

  static LogFile open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PrivateFiles.attributes(file));
    LogFile log = new LogFile(channel);
    try {
      log.refresh();
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What the first line follows. */
  LogHeader header() {
    return header;
  }

  /** Whether a message is in it. */
  boolean hasMessages() {
    return lastId > header.id();
  }

  /** Id of the last message up to here; 0 when there is none. */
  long lastId() {
    return lastId;
  }

  /** Hash of the last message up to here. */
  String lastHash() {
    return lastHash;
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Begins an empty file that goes on after a rotated one. */
  void begin(LogHeader after) throws IOException {
    write(UTF_8.encode(after.line()));
    header = after;
    lastId = after.id();
    lastHash = after.hash();
  }

  private void refresh() throws IOException {
    long size = channel.size();
    String start = new String(read(channel, 0, Math.min(size, LogHeader.MAX_BYTES)), UTF_8);
    header = LogHeader.of(start);
    long headerEnd = header.line().length();
    LastLine last = lastLine(channel, headerEnd);
    if (last == null) {
      lastId = header.id();
      lastHash = header.hash();
      cutAt(headerEnd, size);
    } else {
      lastId = last.line.id();
      lastHash = last.line.hash();
      cutAt(last.end, size);
    }
  }

  /** What a file's last whole line is of; null when it has none. */
  static LogLine.@Nullable Of lastLine(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      LastLine last = lastLine(channel, 0);
      return last == null ? null : last.line;
    }
  }

  private record LastLine(LogLine.Of line, long end) {}

  private static @Nullable LastLine lastLine(FileChannel channel, long start) throws IOException {
    long end = channel.size();
    while (end > start) {
      // `end` is just past a line end, or the end of the file.
      long from = lineStart(channel, end - 1);
      byte[] line = read(channel, from, end);
      if (line[line.length - 1] == '\n') {
        LogLine.Of last = LogLine.read(new String(line, 0, line.length - 1, UTF_8));
        if (last != null) {
          return new LastLine(last, end);
        }
      }
      end = from;
    }
    return null;
  }

  /** Removes a header. */
  void clear() throws IOException {
    header = LogHeader.NONE;
    lastId = 0;
    lastHash = "";
    channel.position(0);
    if (channel.size() > 0) {
      channel.truncate(0);
    }
  }

  private void cutAt(long end, long size) throws IOException {
    if (end < size) {
      LOG.warn("messages.log ends in {} bytes that are no line; cut off", size - end);
      channel.truncate(end);
    }
    channel.position(end);
  }

  /** Where the line that contains a byte begins. */
  private static long lineStart(FileChannel channel, long at) throws IOException {
    long to = at; // the byte itself may be the line's own end
    while (to > 0) {
      long from = Math.max(0, to - BLOCK);
      String block = new String(read(channel, from, to), ISO_8859_1);
      int newline = block.lastIndexOf('\n');
      if (newline >= 0) {
        return from + newline + 1;
      }
      to = from;
    }
    return 0;
  }

  private static byte[] read(FileChannel channel, long from, long to) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("messages.log became shorter while it was read");
      }
    }
    return bytes.array();
  }

  /**
   * Appends those messages that are not there yet, up to the one that would make the file longer
   * than its limit; the first one fits always. Their ids follow the last one's.
   *
   * @param limit bytes
   * @return how many are in the file now
   */
  int append(List<Message> messages, long limit) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    long size = channel.position();
    long last = lastId;
    String hash = lastHash;
    int done = 0;
    for (Message message : messages) {
      if (message.id() > last) {
        if (message.id() != last + 1) {
          throw new IllegalStateException("line " + message.id() + " after line " + last);
        }
        line.setLength(0);
        LogLine.write(message, line);
        byte[] bytes = line.toString().getBytes(UTF_8);
        if (last > header.id() && size + bytes.length > limit) {
          break;
        }
        lines.writeBytes(bytes);
        size += bytes.length;
        last = message.id();
        hash = message.hash().hex();
      }
      done++;
    }
    write(ByteBuffer.wrap(lines.toByteArray()));
    lastId = last;
    lastHash = hash;
    return done;
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes what was written survive a power failure. */
  void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
