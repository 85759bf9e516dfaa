package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of prepared files by request target. An entry expires after the time that file-service
 * sets, by default at most a second; any change by file-service clears the cache. Belongs to one
 * event loop.
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

  /** An empty cache of about {@code maxBytes}. */
  PreparedFiles(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /**
   * The cached file of a request target; null without one. Compares {@code encodings} by identity.
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

  /** The number of clears, to be read before the call of file-service, for {@link #put}. */
  long generation() {
    return generation;
  }

  /** Stores a file, unless the cache was cleared since {@code calledAt}. */
  void put(
      String target, List<String> encodings, PreparedFile file, long validNanos, long calledAt) {
    Binary content = file.found().content();
    long weight = ENTRY_BYTES + 2L * target.length() + (content == null ? 0 : content.length());
    if (calledAt != generation || validNanos <= 0 || weight > maxBytes / 4) {
      return;
    }
    Entry before =
        byTarget.put(target, new Entry(file, encodings, nanoTime.getAsLong() + validNanos, weight));
    bytes += weight - (before == null ? 0 : before.bytes);
    // Entries expire so soon that the order of eviction hardly matters.
    Iterator<Entry> oldest = byTarget.values().iterator();
    while ((bytes > maxBytes || byTarget.size() > MAX_ENTRIES) && oldest.hasNext()) {
      bytes -= oldest.next().bytes;
      oldest.remove();
    }
  }

  /** Removes every entry. */
  void clear() {
    generation++;
    byTarget.clear();
    bytes = 0;
  }
}
