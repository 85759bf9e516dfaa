package dev.signalbox.gateway.limit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many tasks each token has begun on a day of UTC, at this gateway and at others. Each gateway
 * has a total of its own for each day and token, which only grows: to hear it twice, late or out of
 * order changes nothing. Any thread may use it.
 */
public final class DailyTasks {

  /** The most totals that are kept of other gateways; one more is not counted. */
  static final int MAX_TALLIES = 20_000;

  private static final long SECONDS_PER_DAY = Duration.ofDays(1).toSeconds();

  private final String instance;
  private final InstantSource clock;
  // By days since 1970. Those beside today are kept, so that a clock which goes back over midnight
  // finds what it had counted there.
  private final ConcurrentMap<Long, ConcurrentMap<String, Count>> days = new ConcurrentHashMap<>();
  private final AtomicInteger heard = new AtomicInteger();
  private volatile boolean unsaved;
  private volatile boolean untold;

  /**
   * Counts from 0.
   *
   * @param instance id of this gateway, new at every start
   */
  public DailyTasks(String instance, InstantSource clock) {
    this.instance = instance;
    this.clock = clock;
  }

  /**
   * A total.
   *
   * @param day days since 1970-01-01, UTC
   * @param instance the gateway at which the tasks began
   * @param token name of the token
   * @param tasks that began there on that day
   */
  public record Tally(long day, String instance, String token, long tasks) {}

  /**
   * What is left of a day.
   *
   * @param granted whether the task may begin
   * @param remaining tasks that may follow
   * @param seconds until the day ends and all are left again
   */
  public record Usage(boolean granted, long remaining, long seconds) {}

  /** The tasks of one token on one day. */
  private static final class Count {

    private final AtomicLong here = new AtomicLong();
    private final AtomicLong told = new AtomicLong();
    private final ConcurrentMap<String, Long> others = new ConcurrentHashMap<>();
    private final AtomicLong elsewhere = new AtomicLong();

    boolean take(long limit) {
      long count = here.get();
      while (count + elsewhere.get() < limit) {
        long seen = here.compareAndExchange(count, count + 1);
        if (seen == count) {
          return true;
        }
        count = seen;
      }
      return false;
    }

    long left(long limit) {
      return Math.max(0, limit - here.get() - elsewhere.get());
    }

    boolean knows(String other) {
      return others.containsKey(other);
    }

    boolean merge(String other, long tasks) {
      long[] added = {0};
      others.compute(
          other,
          (_, before) -> {
            long known = before == null ? 0 : before;
            added[0] = Math.max(0, tasks - known);
            return known + added[0];
          });
      elsewhere.addAndGet(added[0]);
      return added[0] > 0;
    }
  }

  /** Takes a task of today, if one is left. */
  public Usage take(String token, long limit) {
    Instant now = clock.instant();
    Count count = count(day(now), token);
    boolean granted = count.take(limit);
    if (granted && !unsaved) {
      unsaved = true;
    }
    if (granted && !untold) {
      untold = true;
    }
    return new Usage(granted, count.left(limit), secondsLeft(now));
  }

  /** What is left today, without taking anything. */
  public Usage look(String token, long limit) {
    Instant now = clock.instant();
    ConcurrentMap<String, Count> today = days.get(day(now));
    Count count = today == null ? null : today.get(token);
    long left = count == null ? limit : count.left(limit);
    return new Usage(left > 0, left, secondsLeft(now));
  }

  /** Seconds of the window. */
  public static long windowSeconds() {
    return SECONDS_PER_DAY;
  }

  private static long day(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), SECONDS_PER_DAY);
  }

  private static long secondsLeft(Instant time) {
    return SECONDS_PER_DAY - Math.floorMod(time.getEpochSecond(), SECONDS_PER_DAY);
  }

  private static boolean beside(long day, long today) {
    return Math.abs(day - today) <= 1;
  }

  private Count count(long day, String token) {
    ConcurrentMap<String, Count> counts = days.get(day);
    if (counts == null) {
      forget(day);
      counts = days.computeIfAbsent(day, _ -> new ConcurrentHashMap<>());
    }
    Count count = counts.get(token);
    return count == null ? counts.computeIfAbsent(token, _ -> new Count()) : count;
  }

  /** Drops the days that are not beside a day. */
  private void forget(long day) {
    for (long old : days.keySet()) {
      if (!beside(old, day)) {
        ConcurrentMap<String, Count> dropped = days.remove(old);
        if (dropped != null) {
          dropped.values().forEach(count -> heard.addAndGet(-count.others.size()));
        }
      }
    }
  }

  /**
   * Takes what another gateway counted, or this one before it was started again.
   *
   * @return false when it says nothing new, is not of these days, or too much is known already
   */
  public boolean merge(Tally tally) {
    if (tally.tasks() <= 0
        || tally.instance().equals(instance)
        || !beside(tally.day(), day(clock.instant()))) {
      return false;
    }
    ConcurrentMap<String, Count> counts = days.get(tally.day());
    Count known = counts == null ? null : counts.get(tally.token());
    if (known == null || !known.knows(tally.instance())) {
      if (heard.incrementAndGet() > MAX_TALLIES) {
        heard.decrementAndGet();
        return false;
      }
      known = countBeside(tally);
    }
    boolean news = known.merge(tally.instance(), tally.tasks());
    if (news) {
      unsaved = true;
    }
    return news;
  }

  /** As {@link #count}, but what somebody else says of a day does not drop other days. */
  private Count countBeside(Tally tally) {
    return days.computeIfAbsent(tally.day(), _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(tally.token(), _ -> new Count());
  }

  /** All totals of today and the days beside it, those of other gateways too. */
  public List<Tally> tallies() {
    long today = day(clock.instant());
    List<Tally> all = new ArrayList<>();
    days.forEach((day, counts) -> {
      if (beside(day, today)) {
        counts.forEach((token, count) -> {
          add(all, new Tally(day, instance, token, count.here.get()));
          count.others.forEach((other, tasks) -> add(all, new Tally(day, other, token, tasks)));
        });
      }
    });
    return all;
  }

  /** The totals of this gateway that have grown since the last call. */
  List<Tally> news() {
    if (!untold) {
      return List.of();
    }
    // Before the counts are read: what is counted meanwhile is told the next time at the latest.
    untold = false;
    List<Tally> news = new ArrayList<>();
    days.forEach((day, counts) ->
        counts.forEach((token, count) -> {
          long total = count.here.get();
          if (count.told.getAndSet(total) < total) {
            news.add(new Tally(day, instance, token, total));
          }
        }));
    return news;
  }

  private static void add(List<Tally> all, Tally tally) {
    if (tally.tasks() > 0) {
      all.add(tally);
    }
  }

  /** Whether anything was counted since the last call. */
  boolean takeUnsaved() {
    boolean changed = unsaved;
    unsaved = false;
    return changed;
  }

  /** What was to be saved was not: the next {@link #takeUnsaved} says so again. */
  void markUnsaved() {
    unsaved = true;
  }
}
