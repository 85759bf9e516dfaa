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
 * The cache of files, by request target: contents of small files, and the others held open. An
 * entry is used without asking for the time that file-service sets, by default a second; any change
 * by file-service clears the cache. A content whose time is over stays to be confirmed. Belongs to
 * one event loop.
 */
final class PreparedFiles {

  private static final int MAX_ENTRIES = 4_096;
  private static final int ENTRY_BYTES = 1_024;

  /** Open files, with the disk space of those that were removed. */
  private static final int MAX_HELD = 256;

  private final Map<String, Entry> byTarget = new LinkedHashMap<>();
  private final long maxBytes;
  private final LongSupplier nanoTime;
  private long bytes;
  private int held;
  private long generation;

  private static final class Entry {
    private final PreparedFile file;
    private final List<String> encodings;
    private final long weight;
    private long untilNanos;

    Entry(PreparedFile file, List<String> encodings, long weight, long untilNanos) {
      this.file = file;
      this.encodings = encodings;
      this.weight = weight;
      this.untilNanos = untilNanos;
    }
  }

  /** An empty cache of about {@code maxBytes}. */
  PreparedFiles(long maxBytes, LongSupplier nanoTime) {
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  /**
   * The file of a request target that may be used without asking; null without one. Compares {@code
   * encodings} by identity.
   */
  @Nullable PreparedFile get(String target, List<String> encodings) {
    Entry entry = entry(target, encodings);
    return entry != null && nanoTime.getAsLong() - entry.untilNanos < 0 ? entry.file : null;
  }

  /** The file of a request target to be confirmed, whether its time is over or not. */
  @Nullable PreparedFile known(String target, List<String> encodings) {
    Entry entry = entry(target, encodings);
    return entry == null ? null : entry.file;
  }

  @SuppressWarnings("ReferenceEquality") // the same header gives the same list
  private @Nullable Entry entry(String target, List<String> encodings) {
    Entry entry = byTarget.get(target);
    return entry != null && entry.encodings == encodings ? entry : null;
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
    Entry before = entry(target, encodings);
    if (before != null && before.file == file) {
      before.untilNanos = until;
      return;
    }
    Binary content = file.found().content();
    long weight = ENTRY_BYTES + 2L * target.length() + (content == null ? 0 : content.length());
    if (weight > maxBytes / 4 || !file.retain()) {
      return;
    }
    remove(byTarget.remove(target));
    byTarget.put(target, new Entry(file, encodings, weight, until));
    bytes += weight;
    held += file.isHeld() ? 1 : 0;
    // Entries expire so soon that the order of eviction hardly matters.
    Iterator<Entry> oldest = byTarget.values().iterator();
    while ((bytes > maxBytes || byTarget.size() > MAX_ENTRIES || held > MAX_HELD)
        && oldest.hasNext()) {
      Entry entry = oldest.next();
      if (bytes > maxBytes || byTarget.size() > MAX_ENTRIES || entry.file.isHeld()) {
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
    byTarget
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
    List<Entry> all = List.copyOf(byTarget.values());
    byTarget.clear();
    all.forEach(this::remove);
  }
}
