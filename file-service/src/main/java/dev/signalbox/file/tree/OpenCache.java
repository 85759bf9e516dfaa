package dev.signalbox.file.tree;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.file.OpenFileReply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was found, small contents with it. Within the time an entry counts as valid the
 * answer comes at once, on the caller's thread; after that the disk is asked again, once for all
 * who ask meanwhile, and the content is kept when the file is still the same. Only files are
 * remembered: a path with nothing there costs no memory.
 */
public final class OpenCache {

  /** Rough cost of an entry beside its content, in bytes. */
  private static final int ENTRY_BYTES = 512;

  private final FileFinder finder;
  private final DiskThreads workers;
  private final long validNanos;
  private final LongSupplier nanoTime;
  private final Cache<Key, Entry> entries;
  private final ConcurrentMap<Key, Future<OpenFileReply>> lookups = new ConcurrentHashMap<>();

  /** Grows with every change made here, so that an older look-up is not remembered after it. */
  private final AtomicLong changes = new AtomicLong();

  private record Key(String path, List<Coding> codings) {}

  private record Entry(
      OpenFileReply.Found found, Future<OpenFileReply> answer, long checkedAtNanos) {}

  /**
   * @param workers where the disk is asked
   * @param bytes how much memory contents may take in all
   * @param valid how long an entry is trusted; zero asks the disk every time
   * @param nanoTime the clock
   */
  public OpenCache(
      FileFinder finder, DiskThreads workers, long bytes, Duration valid, LongSupplier nanoTime) {
    this.finder = finder;
    this.workers = workers;
    this.validNanos = valid.toNanos();
    this.nanoTime = nanoTime;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher(OpenCache::weight)
            .executor(Runnable::run)
            .build();
  }

  /** What is at a path, in the first of the codings in which it is there. */
  public Future<OpenFileReply> open(String path, List<String> encodings) {
    Key key = new Key(path, encodings.isEmpty() ? List.of() : Coding.known(encodings));
    Entry entry = entries.getIfPresent(key);
    if (entry != null && nanoTime.getAsLong() - entry.checkedAtNanos < validNanos) {
      return entry.answer;
    }
    return lookUp(key, entry == null ? null : entry.found);
  }

  private Future<OpenFileReply> lookUp(Key key, OpenFileReply.@Nullable Found known) {
    Future<OpenFileReply> running = lookups.get(key);
    if (running != null) {
      return running;
    }
    long before = changes.get();
    Future<OpenFileReply> mine =
        workers.run(() -> {
          long checkedAt = nanoTime.getAsLong();
          OpenFileReply reply = finder.find(key.path, key.codings, known);
          remember(key, reply, checkedAt, before);
          return reply;
        });
    Future<OpenFileReply> other = lookups.putIfAbsent(key, mine);
    mine.onComplete(_ -> lookups.remove(key, mine));
    return other == null ? mine : other;
  }

  private void remember(Key key, OpenFileReply reply, long checkedAt, long changesBefore) {
    if (reply instanceof OpenFileReply.Found found) {
      if (validNanos > 0) {
        entries.put(key, new Entry(found, Future.succeededFuture(found), checkedAt));
        // A change that came between is either seen here or will drop the entry itself.
        if (changes.get() != changesBefore) {
          entries.invalidate(key);
        }
      }
    } else {
      entries.invalidate(key);
    }
  }

  /** Forgets a path that was just written or removed, and what may stand in its place. */
  public void changed(String path) {
    changes.incrementAndGet();
    forget(path);
    int dot = path.lastIndexOf('.');
    if (dot > 0) {
      forget(path.substring(0, dot)); // it may be the compressed sibling of this
    }
    int slash = path.lastIndexOf('/');
    if (path.endsWith("/index.html")) {
      forget(path.substring(0, slash + 1)); // and the index of its directory
      forget(slash == 0 ? "/" : path.substring(0, slash));
    }
  }

  private void forget(String path) {
    for (List<Coding> codings : ORDERS) {
      Key key = new Key(path, codings);
      entries.invalidate(key);
      lookups.remove(key);
    }
  }

  private static int weight(Key key, Entry entry) {
    Binary content = entry.found.content();
    return ENTRY_BYTES + 2 * key.path.length() + (content == null ? 0 : content.length());
  }

  /** Every list of codings there can be in a key: 16. */
  private static final List<List<Coding>> ORDERS = orders(List.of());

  private static List<List<Coding>> orders(List<Coding> begun) {
    List<List<Coding>> all = new ArrayList<>();
    all.add(begun);
    for (Coding coding : Coding.values()) {
      if (!begun.contains(coding)) {
        List<Coding> longer = new ArrayList<>(begun);
        longer.add(coding);
        all.addAll(orders(longer));
      }
    }
    return all;
  }
}
