package dev.signalbox.serverfactory.journal;

import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The last requests of a server, bounded in entries, and in bytes together with the journals of all
 * other servers of the process. The oldest make room for the newest. Used from one event loop.
 */
public final class Journal {

  /**
   * Bytes that each journal has for itself, so that busy servers do not leave an idle one without
   * the few requests it gets.
   */
  static final long OWN_BYTES = 128 * 1_024;

  /** A reply with more bytes than that goes on in the next one. */
  private static final long REPLY_BYTES = 4L * 1_024 * 1_024;

  private final MemoryBudget budget;
  private final ArrayDeque<Kept> entries = new ArrayDeque<>();
  private int maxEntries;
  private int bodyBytes;
  private long bytes;
  private long charged;
  private long last;
  private long forgotten;

  private record Kept(long number, int size, JournalEntry entry) {}

  /**
   * A journal without entries.
   *
   * @param maxEntries 0 to keep none
   * @param bodyBytes kept of the body of each
   * @param budget what all journals may take beyond {@value #OWN_BYTES} bytes of each
   */
  public Journal(int maxEntries, int bodyBytes, MemoryBudget budget) {
    this.maxEntries = maxEntries;
    this.bodyBytes = bodyBytes;
    this.budget = budget;
  }

  /** What is kept of a body. */
  public Buffer kept(Buffer body) {
    return maxEntries == 0 || bodyBytes == 0
        ? Buffer.buffer()
        : body.length() <= bodyBytes ? body : body.getBuffer(0, bodyBytes);
  }

  /** Adds a request as the newest. */
  public void add(JournalEntry entry) {
    last++;
    if (maxEntries == 0) {
      forgotten++;
      return;
    }
    int size = entry.size();
    while (entries.size() >= maxEntries) {
      forget();
    }
    while (!charge(size)) {
      if (entries.isEmpty()) {
        forgotten++;
        return;
      }
      forget();
    }
    bytes += size;
    entries.add(new Kept(last, size, entry));
  }

  /** Whether the budget has room for so many bytes more. */
  private boolean charge(int more) {
    long wanted = Math.max(0, bytes + more - OWN_BYTES);
    if (wanted > charged) {
      if (!budget.tryAcquire(wanted - charged)) {
        return false;
      }
      charged = wanted;
    }
    return true;
  }

  private void forget() {
    Kept oldest = entries.remove();
    bytes -= oldest.size();
    forgotten++;
    long wanted = Math.max(0, bytes - OWN_BYTES);
    if (wanted < charged) {
      budget.release(charged - wanted);
      charged = wanted;
    }
  }

  /** Changes the bounds; what is beyond them is forgotten. */
  public void resize(int maxEntries, int bodyBytes) {
    this.maxEntries = maxEntries;
    this.bodyBytes = bodyBytes;
    while (entries.size() > maxEntries) {
      forget();
    }
  }

  /** Requests after a number, oldest first. */
  public ListServerRequestsReply list(long after, int limit, ServerRequestFilter filter) {
    List<ServerRequest> found = new ArrayList<>();
    long size = 0;
    for (Iterator<Kept> rest = entries.iterator(); rest.hasNext(); ) {
      Kept kept = rest.next();
      if (kept.number() <= after || !kept.entry().matches(filter)) {
        continue;
      }
      if (found.size() == limit || (size > 0 && size + kept.size() > REPLY_BYTES)) {
        return new ListServerRequestsReply(found, found.getLast().number(), forgotten);
      }
      size += kept.size();
      found.add(kept.entry().render(kept.number()));
    }
    return new ListServerRequestsReply(found, null, forgotten);
  }

  /** How many of the requests kept are meant. */
  public CountServerRequestsReply count(ServerRequestFilter filter) {
    long count = 0;
    for (Kept kept : entries) {
      if (kept.entry().matches(filter)) {
        count++;
      }
    }
    return new CountServerRequestsReply(count, forgotten);
  }

  /** Drops all entries; what was forgotten before does not count any more. Numbers go on. */
  public void clear() {
    while (!entries.isEmpty()) {
      forget();
    }
    forgotten = 0;
  }
}
