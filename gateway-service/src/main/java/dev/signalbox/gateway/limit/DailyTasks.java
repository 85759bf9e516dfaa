package dev.signalbox.gateway.limit;

import dev.signalbox.platform.token.TokenLimits;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tasks each token has begun on a day of UTC, at this gateway and at others. Each gateway
 * has a total of its own for each day and token, which only grows: to hear it twice, late or out of
 * order changes nothing. Any thread may use it.
 */
public final class DailyTasks {

  private static final Logger LOG = LoggerFactory.getLogger(DailyTasks.class);

  /** The most totals that are kept of other gateways and of earlier starts. */
  static final int MAX_TALLIES = 20_000;

  /** No day, and not beside one. */
  private static final long NONE = Long.MIN_VALUE / 2;

  private static final long SECONDS_PER_DAY = Duration.ofDays(1).toSeconds();

  private final String instance;
  private final InstantSource clock;
  // By days since 1970. Those beside today and the one that was today before are
  // kept, so that a clock which goes back, or jumps and returns, finds what it had counted there.
  private final ConcurrentMap<Long, ConcurrentMap<String, Count>> days = new ConcurrentHashMap<>();
  private final AtomicInteger heard = new AtomicInteger();
  private final AtomicBoolean full = new AtomicBoolean();
  private volatile long today = NONE;
  private long dayBefore = NONE;
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

    /** Takes a total, of a gateway that is not known yet if there is room. */
    boolean merge(String other, long tasks, BooleanSupplier room) {
      long[] added = {0};
      others.compute(
          other,
          (_, before) -> {
            if (before == null && !room.getAsBoolean()) {
              return null;
            }
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
    Count count = count(today(now), token);
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
    ConcurrentMap<String, Count> counts = days.get(day(now));
    Count count = counts == null ? null : counts.get(token);
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
    return days.computeIfAbsent(day, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(token, _ -> new Count());
  }

  /** The day by the clock of this gateway. Days that are over are dropped when it changes. */
  private long today(Instant now) {
    long day = day(now);
    synchronized (this) {
      if (day != today) {
        dayBefore = today;
        today = day;
        drop(old -> !beside(old, day) && old != dayBefore);
        full.set(false);
      }
    }
    return day;
  }

  private void drop(LongPredicate over) {
    for (long old : days.keySet()) {
      ConcurrentMap<String, Count> dropped = over.test(old) ? days.remove(old) : null;
      if (dropped != null) {
        dropped.values().forEach(count -> heard.addAndGet(-count.others.size()));
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
        || tally.tasks() > TokenLimits.MAX_TASKS_PER_DAY
        || tally.instance().equals(instance)) {
      return false;
    }
    long day = today(clock.instant());
    if (!beside(tally.day(), day)) {
      return false;
    }
    boolean news =
        count(tally.day(), tally.token())
            .merge(tally.instance(), tally.tasks(), () -> room(tally.day() == day));
    if (news) {
      unsaved = true;
    }
    return news;
  }

  /** Room for one total more; what is kept of other days makes way for today. */
  private boolean room(boolean ofToday) {
    if (hear()) {
      return true;
    }
    if (ofToday) {
      long day = today;
      drop(old -> old != day);
      if (hear()) {
        return true;
      }
    }
    if (full.compareAndSet(false, true)) {
      LOG.warn(
          "more than {} totals of tokens are known of other gateways and of earlier starts; tasks"
              + " that others begin are not counted until midnight (UTC)",
          MAX_TALLIES);
    }
    return false;
  }

  private boolean hear() {
    if (heard.incrementAndGet() <= MAX_TALLIES) {
      return true;
    }
    heard.decrementAndGet();
    return false;
  }

  /** All totals that are kept, those of other gateways too. */
  public List<Tally> tallies() {
    List<Tally> all = new ArrayList<>();
    days.forEach((day, counts) ->
        counts.forEach((token, count) -> {
          add(all, new Tally(day, instance, token, count.here.get()));
          count.others.forEach((other, tasks) -> add(all, new Tally(day, other, token, tasks)));
        }));
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
