package dev.signalbox.gateway.task;

import dev.signalbox.contracts.Announcement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Who is there, by the announcements. Written by one event loop, read by all: readers see an
 * immutable catalogue that is replaced when an instance comes, goes or changes what it offers.
 */
public final class ServiceDirectory {

  private record Entry(Announcement announcement, long heardNanos) {}

  private final Map<String, Entry> instances = new ConcurrentHashMap<>();
  private final long silenceNanos;
  private final LongSupplier clock;
  private volatile TaskCatalogue catalogue = TaskCatalogue.empty();

  /**
   * A directory.
   *
   * @param silenceNanos an instance silent for longer is gone
   * @param clock nanoseconds as of {@link System#nanoTime()}
   */
  public ServiceDirectory(long silenceNanos, LongSupplier clock) {
    this.silenceNanos = silenceNanos;
    this.clock = clock;
  }

  /** An instance has announced itself. */
  public void heard(Announcement announcement) {
    if (announcement.state().equals("stopped")) {
      if (instances.remove(announcement.node()) != null) {
        rebuild();
      }
      return;
    }
    Entry before = instances.put(announcement.node(), new Entry(announcement, clock.getAsLong()));
    if (before == null || !sameOffer(before.announcement, announcement)) {
      rebuild();
    }
  }

  /** Forgets whoever has been silent too long. */
  public void sweep() {
    long now = clock.getAsLong();
    if (instances.values().removeIf(entry -> now - entry.heardNanos > silenceNanos)) {
      rebuild();
    }
  }

  private static boolean sameOffer(Announcement before, Announcement now) {
    return before.ready() == now.ready() && before.taskTypes().equals(now.taskTypes());
  }

  private synchronized void rebuild() {
    catalogue = catalogue.updated(live());
  }

  /** Every live instance, by service and start. */
  public List<Announcement> live() {
    return instances.values().stream()
        .map(Entry::announcement)
        .sorted(
            Comparator.comparing(Announcement::service)
                .thenComparingLong(Announcement::sinceEpochMs)
                .thenComparing(Announcement::node))
        .toList();
  }

  /** Task types on offer now. */
  public TaskCatalogue catalogue() {
    return catalogue;
  }
}
