package dev.signalbox.gateway.task;

import dev.signalbox.contracts.Announcement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The live instances of all services, from their announcements. One event loop writes it, all read
 * it: it replaces the immutable catalogue when an instance starts, stops or changes its task types.
 */
public final class ServiceDirectory {

  private record Entry(Announcement announcement, long announcedNanos) {}

  private final Map<String, Entry> instances = new ConcurrentHashMap<>();
  private final long silenceNanos;
  private final LongSupplier clock;
  private volatile TaskCatalogue catalogue = TaskCatalogue.empty();

  /**
   * A directory.
   *
   * @param silenceNanos an instance without an announcement for longer is removed
   * @param clock nanoseconds as of {@link System#nanoTime()}
   */
  public ServiceDirectory(long silenceNanos, LongSupplier clock) {
    this.silenceNanos = silenceNanos;
    this.clock = clock;
  }

  /** Updates the directory from an instance's announcement. */
  public void onAnnouncement(Announcement announcement) {
    if (announcement.state().equals("stopped")) {
      if (instances.remove(announcement.node()) != null) {
        rebuild();
      }
      return;
    }
    Entry before = instances.put(announcement.node(), new Entry(announcement, clock.getAsLong()));
    if (before == null || !sameTaskTypes(before.announcement, announcement)) {
      rebuild();
    }
  }

  /** Removes instances that have been silent for too long. */
  public void sweep() {
    long now = clock.getAsLong();
    if (instances.values().removeIf(entry -> now - entry.announcedNanos > silenceNanos)) {
      rebuild();
    }
  }

  private static boolean sameTaskTypes(Announcement before, Announcement now) {
    return before.ready() == now.ready() && before.taskTypes().equals(now.taskTypes());
  }

  private synchronized void rebuild() {
    catalogue = catalogue.updated(live());
  }

  /** Every live instance, sorted by service and start. */
  public List<Announcement> live() {
    return instances.values().stream()
        .map(Entry::announcement)
        .sorted(
            Comparator.comparing(Announcement::service)
                .thenComparingLong(Announcement::sinceEpochMs)
                .thenComparing(Announcement::node))
        .toList();
  }

  /** Whether an instance of a service takes work. */
  public boolean serves(String service) {
    return instances.values().stream()
        .map(Entry::announcement)
        .anyMatch(instance -> instance.ready() && instance.service().equals(service));
  }

  /** The operations that live instances have announced. */
  public Set<String> operations() {
    return instances.values().stream()
        .flatMap(entry -> entry.announcement().operations().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The available task types. */
  public TaskCatalogue catalogue() {
    return catalogue;
  }
}
