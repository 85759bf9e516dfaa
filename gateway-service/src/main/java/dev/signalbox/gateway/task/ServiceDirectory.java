package dev.signalbox.gateway.task;

import dev.signalbox.contracts.Announcement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The live instances of all services, from their announcements. One event loop writes it, all read
 * it: it replaces the immutable catalogue when an instance starts, stops or changes its task types.
 */
public final class ServiceDirectory {

  private record Entry(Announcement announcement, long announcedNanos) {}

  private static final int MOST_SERVICES = 100;
  private static final int MOST_LOST = 100;
  private static final long LOST_NANOS = 900_000_000_000L;

  private final Map<String, Entry> instances = new ConcurrentHashMap<>();
  private final long silenceNanos;
  private final LongSupplier clock;
  private final Set<String> served = ConcurrentHashMap.newKeySet();
  private final Map<String, Lost> lost = new ConcurrentHashMap<>();
  private volatile TaskCatalogue catalogue = TaskCatalogue.empty();
  private volatile BiConsumer<Change, Announcement> listener = (_, _) -> {};

  /**
   * An instance that fell silent without saying that it stops.
   *
   * @param announcement its last one
   * @param sinceNanos when that came
   */
  public record Lost(Announcement announcement, long sinceNanos) {}

  /** What became of an instance. */
  public enum Change {
    /** It announced itself for the first time. */
    APPEARED,
    /** Its state is another. */
    CHANGED,
    /** It stopped or fell silent. */
    LEFT
  }

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

  /** Sets the listener of changes; it runs on the event loop that writes the directory. */
  public void onChange(BiConsumer<Change, Announcement> handler) {
    listener = handler;
  }

  /** Updates the directory from an instance's announcement. */
  public void onAnnouncement(Announcement announcement) {
    if (announcement.state().equals("stopped")) {
      if (instances.remove(announcement.node()) != null) {
        rebuild();
        listener.accept(Change.LEFT, announcement);
      }
      return;
    }
    Entry before = instances.put(announcement.node(), new Entry(announcement, clock.getAsLong()));
    if (announcement.ready() && served.size() < MOST_SERVICES) {
      served.add(announcement.service());
    }
    if (before == null) {
      replaced(announcement);
    }
    if (before == null || !sameTaskTypes(before.announcement, announcement)) {
      rebuild();
    }
    if (before == null) {
      listener.accept(Change.APPEARED, announcement);
    } else if (!before.announcement.state().equals(announcement.state())) {
      listener.accept(Change.CHANGED, announcement);
    }
  }

  /** Removes instances that have been silent for too long. */
  public void sweep() {
    long now = clock.getAsLong();
    List<Announcement> gone = new ArrayList<>();
    instances
        .values()
        .removeIf(entry -> {
          boolean silent = now - entry.announcedNanos > silenceNanos;
          if (silent) {
            gone.add(entry.announcement);
            if (entry.announcement.ready() && lost.size() < MOST_LOST) {
              lost.put(
                  entry.announcement.node(), new Lost(entry.announcement, entry.announcedNanos));
            }
          }
          return silent;
        });
    lost.values().removeIf(each -> now - each.sinceNanos > LOST_NANOS);
    if (!gone.isEmpty()) {
      rebuild();
      gone.forEach(instance -> listener.accept(Change.LEFT, instance));
    }
  }

  /** A new instance takes the place of one that was lost: of the same host if there is one. */
  private void replaced(Announcement by) {
    lost.remove(by.node());
    lost.values().stream()
        .filter(each -> each.announcement.service().equals(by.service()))
        .min(
            Comparator.comparing((Lost each) -> !each.announcement.host().equals(by.host()))
                .thenComparingLong(Lost::sinceNanos))
        .ifPresent(each -> lost.remove(each.announcement.node()));
  }

  /**
   * Instances that fell silent within the last quarter of an hour and that no new instance of the
   * service has replaced.
   */
  public List<Lost> lost() {
    return List.copyOf(lost.values());
  }

  /** Services that took work once, since this directory exists, and have no instance that does. */
  public List<String> missing() {
    return served.stream().filter(service -> !serves(service)).sorted().toList();
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
