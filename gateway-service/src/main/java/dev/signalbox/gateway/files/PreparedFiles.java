package dev.signalbox.gateway.files;

import dev.signalbox.contracts.Binary;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cache of files, by request target and accepted encodings: contents of small files, and the
 * others held open. An entry is used without asking for the time that file-service sets, by default
 * a second; any change by file-service clears the cache. A content whose time is over stays to be
 * confirmed. Belongs to one event loop.
 */
final class PreparedFiles {

  private static final int MAX_ENTRIES = 4_096;
  private static final int ENTRY_BYTES = 1_024;

  /** Open files, with the disk space of those that were removed. */
  private static final int MAX_HELD = 256;

  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private final long maxBytes;
  private final LongSupplier nanoTime;
  private long bytes;
  private int held;
  private long generation;

  private record Key(String target, List<String> encodings) {}

  private static final class Entry {
    private final PreparedFile file;
    private final long weight;
    private long untilNanos;

    Entry(PreparedFile file, long weight, long untilNanos) {
      this.file = file;
      this.weight = weight;
      this.untilNanos = untilNanos;
    }
  }

  /** An empty cache of about {@code maxBytes}. */
  PreparedFiles(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /** The file of a request target that may be used without asking; null without one. */
  @Nullable PreparedFile get(String target, List<String> encodings) {
    Entry entry = entries.get(new Key(target, encodings));
    return entry != null && nanoTime.getAsLong() - entry.untilNanos < 0 ? entry.file : null;
  }

  /** The file of a request target to be confirmed, whether its time is over or not. */
  @Nullable PreparedFile known(String target, List<String> encodings) {
    Entry entry = entries.get(new Key(target, encodings));
    return entry == null ? null : entry.file;
  }

  /** The number of clears, to be read before the call of file-service, for {@link #put}. */
  long generation() {
    return generation;
  }

  /** Stores a file that the caller retains, or renews it, unless the cache was cleared since. */
  @SuppressWarnings("ReferenceEquality") // a file that is confirmed is the very one that was known
  void put(
      String target, List<String> encodings, PreparedFile file, long validNanos, long calledAt) {
    if (calledAt != generation || validNanos <= 0) {
      return;
    }
    long until = nanoTime.getAsLong() + validNanos;
    Key key = new Key(target, encodings);
    Entry before = entries.get(key);
    if (before != null && before.file == file) {
      before.untilNanos = until;
      return;
    }
    Binary content = file.found().content();
    long weight = ENTRY_BYTES + 2L * target.length() + (content == null ? 0 : content.length());
    if (weight > maxBytes / 4 || !file.retain()) {
      return;
    }
    remove(entries.remove(key));
    entries.put(key, new Entry(file, weight, until));
    bytes += weight;
    held += file.isHeld() ? 1 : 0;
    // Entries expire so soon that the order of eviction hardly matters.
    Iterator<Entry> oldest = entries.values().iterator();
    while ((bytes > maxBytes || entries.size() > MAX_ENTRIES || held > MAX_HELD)
        && oldest.hasNext()) {
      Entry entry = oldest.next();
      if (bytes > maxBytes || entries.size() > MAX_ENTRIES || entry.file.isHeld()) {
        oldest.remove();
        remove(entry);
      }
    }
  }

  private void remove(@Nullable Entry entry) {
    if (entry != null) {
      bytes -= entry.weight;
      held -= entry.file.isHeld() ? 1 : 0;
      entry.file.release();
    }
  }

  /** Lets go of open files whose time is over, so that removed ones free their disk space. */
  void sweep() {
    if (held == 0) {
      return;
    }
    long now = nanoTime.getAsLong();
    ArrayDeque<Entry> over = new ArrayDeque<>();
    entries
        .values()
        .removeIf(entry -> {
          boolean ends = entry.file.isHeld() && now - entry.untilNanos >= 0;
          if (ends) {
            over.add(entry);
          }
          return ends;
        });
    over.forEach(this::remove);
  }

  /** Removes every entry. */
  void clear() {
    generation++;
    List<Entry> all = List.copyOf(entries.values());
    entries.clear();
    all.forEach(this::remove);
  }
}
