package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Files prepared a moment ago, by request target. An entry lives as long as file-service vouches
 * for it, which is a second at most unless configured otherwise; any change that file-service makes
 * empties the whole. Belongs to one event loop.
 */
final class PreparedFiles {

  private static final int MAX_ENTRIES = 4_096;
  private static final int ENTRY_BYTES = 1_024;

  private final Map<String, Entry> byTarget = new LinkedHashMap<>();
  private final long maxBytes;
  private final LongSupplier nanoTime;
  private long bytes;
  private long generation;

  private record Entry(PreparedFile file, List<String> encodings, long untilNanos, long bytes) {}

  /**
   * An empty one.
   *
   * @param maxBytes how much memory it may take, roughly
   */
  PreparedFiles(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /**
   * A file.
   *
   * @param target path and query as in the request line
   * @param encodings what the client accepts, the very list {@link AcceptEncoding} gave
   */
  @SuppressWarnings("ReferenceEquality") // the same header gives the same list
  @Nullable PreparedFile get(String target, List<String> encodings) {
    Entry entry = byTarget.get(target);
    return entry != null
            && entry.encodings == encodings
            && nanoTime.getAsLong() - entry.untilNanos < 0
        ? entry.file
        : null;
  }

  /** To be asked before file-service is, and handed to {@link #put}. */
  long generation() {
    return generation;
  }

  /** Keeps a file, unless something has changed since it was asked for. */
  void put(String target, List<String> encodings, PreparedFile file, long validNanos, long asked) {
    Binary content = file.found().content();
    long weight = ENTRY_BYTES + 2L * target.length() + (content == null ? 0 : content.length());
    if (asked != generation || validNanos <= 0 || weight > maxBytes / 4) {
      return;
    }
    Entry before =
        byTarget.put(target, new Entry(file, encodings, nanoTime.getAsLong() + validNanos, weight));
    bytes += weight - (before == null ? 0 : before.bytes);
    // Entries die of age so soon that which goes first hardly matters.
    Iterator<Entry> oldest = byTarget.values().iterator();
    while ((bytes > maxBytes || byTarget.size() > MAX_ENTRIES) && oldest.hasNext()) {
      bytes -= oldest.next().bytes;
      oldest.remove();
    }
  }

  /** Forgets everything. */
  void clear() {
    generation++;
    byTarget.clear();
    bytes = 0;
  }
}
