package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.platform.node.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log file, held open by whoever has its mutex. Ends in a whole line from {@link #open} on:
 * what a crash left of a line is cut off.
 */
final class LogFile implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LogFile.class);
  private static final int BLOCK = 64 << 10;

  private final FileChannel channel;
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

  /** Id of the last line; 0 when there is none. */
  long lastId() {
    return lastId;
  }

  /** Hash of the last line. */
  String lastHash() {
    return lastHash;
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Reads the end again, after somebody else has written. */
  void refresh() throws IOException {
    long end = channel.size();
    long size = end;
    while (end > 0) {
      // `end` is just past a line end, or the end of the file.
      long start = lineStart(end - 1);
      byte[] line = read(start, end);
      if (line[line.length - 1] == '\n') {
        LogLine.Of last = LogLine.read(new String(line, 0, line.length - 1, UTF_8));
        if (last != null) {
          lastId = last.id();
          lastHash = last.hash();
          cutAt(end, size);
          return;
        }
      }
      end = start;
    }
    lastId = 0;
    cutAt(0, size);
  }

  private void cutAt(long end, long size) throws IOException {
    if (end < size) {
      LOG.warn("messages.log ends in {} bytes that are no line; cut off", size - end);
      channel.truncate(end);
    }
    channel.position(end);
  }

  /** Where the line that contains a byte begins. */
  private long lineStart(long at) throws IOException {
    long to = at; // the byte itself may be the line's own end
    while (to > 0) {
      long from = Math.max(0, to - BLOCK);
      String block = new String(read(from, to), ISO_8859_1);
      int newline = block.lastIndexOf('\n');
      if (newline >= 0) {
        return from + newline + 1;
      }
      to = from;
    }
    return 0;
  }

  private byte[] read(long from, long to) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new IOException("messages.log became shorter while it was read");
      }
    }
    return bytes.array();
  }

  /** Appends those messages that are not there yet; their ids follow the last one's. */
  void append(List<Message> messages) throws IOException {
    StringBuilder lines = new StringBuilder();
    long last = lastId;
    String hash = lastHash;
    for (Message message : messages) {
      if (message.id() <= last) {
        continue;
      }
      if (message.id() != last + 1) {
        throw new IllegalStateException("line " + message.id() + " after line " + last);
      }
      LogLine.write(message, lines);
      last = message.id();
      hash = message.hash().hex();
    }
    ByteBuffer bytes = UTF_8.encode(CharBuffer.wrap(lines));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    lastId = last;
    lastHash = hash;
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
