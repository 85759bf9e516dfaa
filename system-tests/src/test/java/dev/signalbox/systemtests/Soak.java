package dev.signalbox.systemtests;

import dev.signalbox.systemtests.Call.Outcome;
import dev.signalbox.systemtests.SoakSample.Measure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Mixed load on a fleet for half an hour at half of what the machine can do, while every minute one
 * member is killed and started again: in turn the second of each service. The first of each lives
 * from start to end; what grows in it is written down. Runs as a process of its own.
 */
final class Soak implements AutoCloseable {

  private static final Duration WARM = Duration.ofMinutes(2);
  private static final Duration CALIBRATE = Duration.ofSeconds(12);
  private static final Duration SAMPLE = Duration.ofSeconds(5);
  private static final Duration DOWN = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int[] RATES = {5, 8, 12, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130};

  private static final int HEAP_MINUTES = 5;

  /** Two hours of uploads of 40 kB. */
  private static final int DISK_MIB = 2_048;

  private final Fleet fleet =
      Fleet.start(Fleet.network(), Fleet.Members.BY_LIST, Map.of(), DISK_MIB);
  private final History history = new History();
  private final SteadyLoad load = new SteadyLoad(fleet, history);
  private final List<SoakSample> samples = new ArrayList<>();
  private final List<LiveHeap> heaps = new ArrayList<>();
  private final List<String> kills = new ArrayList<>();
  private final int minutes;
  private int rate = RATES[0];
  private long began;

  private Soak(int minutes) {
    this.minutes = minutes;
    load.grace(GRACE);
  }

  /** The arguments are minutes, the file for the page and the one for its curves. */
  public static void main(String[] arguments) throws IOException {
    OwnProcess.endWithParent();
    try (Soak soak = new Soak(Integer.parseInt(arguments[0]))) {
      soak.calibrate();
      soak.run();
      Path page = Path.of(arguments[1]);
      Files.writeString(page, soak.text(page, Path.of(arguments[2])));
    }
  }

  private static void say(String what) {
    System.out.println(java.time.LocalTime.now(java.time.ZoneOffset.UTC).withNano(0) + " " + what);
  }

  /** Looks for the rate at which the processors are half busy, the load's own work included. */
  private void calibrate() {
    load.rate(RATES[2], Duration.ofMinutes(5));
    load.on();
    Trial.pass(WARM);
    load.off();
    for (int next : RATES) {
      load.rate(next, Duration.ofMinutes(5));
      load.on();
      long[] before = processors();
      Trial.pass(CALIBRATE);
      long[] after = processors();
      load.off();
      double busy = (double) (after[0] - before[0]) / (after[1] - before[1]);
      say(String.format(Locale.ROOT, "%d a second on each: processors %.2f busy", next, busy));
      if (busy > 0.5) {
        return;
      }
      rate = next;
    }
  }

  /** Ticks in which processors were busy, and all ticks. */
  private static long[] processors() {
    try {
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +");
      long all = 0;
      for (int i = 1; i <= 8; i++) {
        all += Long.parseLong(fields[i]);
      }
      return new long[] {all - Long.parseLong(fields[4]) - Long.parseLong(fields[5]), all};
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double second(long nanos) {
    return (nanos - began) / 1e9;
  }

  private List<FleetMember> survivors() {
    return fleet.members().stream().filter(member -> member.name.endsWith("-1")).toList();
  }

  private void run() {
    List<FleetMember> victims =
        fleet.members().stream().filter(member -> member.name.endsWith("-2")).toList();
    load.rate(rate, Duration.ofMinutes(minutes + 5L));
    load.on();
    began = System.nanoTime();
    lookAtHeaps();
    for (int minute = 0; minute < minutes; minute++) {
      FleetMember victim = victims.get(minute % victims.size());
      long next = began + Duration.ofMinutes(minute + 1L).toNanos();
      sampleUntil(began + Duration.ofSeconds(60L * minute + 20).toNanos());
      victim.process().kill();
      kills.add(victim.name);
      say("killed " + victim.name);
      sampleUntil(System.nanoTime() + DOWN.toNanos());
      victim.start();
      sampleUntil(next);
      if ((minute + 1) % HEAP_MINUTES == 0 || minute + 1 == minutes) {
        lookAtHeaps();
      }
    }
    load.off();
  }

  private void lookAtHeaps() {
    for (FleetMember member : survivors()) {
      heaps.add(LiveHeap.of(member, second(System.nanoTime())));
    }
  }

  private void sampleUntil(long end) {
    while (System.nanoTime() - end < 0) {
      for (FleetMember member : survivors()) {
        try {
          samples.add(SoakSample.of(member, second(System.nanoTime())));
        } catch (RuntimeException late) {
          say(member + " was not looked at: " + late);
        }
      }
      long left = end - System.nanoTime();
      if (left > 0) {
        Trial.pass(Duration.ofNanos(Math.min(left, SAMPLE.toNanos())));
      }
    }
  }

  private List<SoakSample> of(String member, double from, double to) {
    return samples.stream()
        .filter(sample -> sample.member().equals(member))
        .filter(sample -> sample.second() >= from && sample.second() < to)
        .toList();
  }

  private List<Call> calls(double from, double to) {
    return history.between(began + (long) (from * 1e9), began + (long) (to * 1e9)).stream()
        .filter(call -> second(call.start()) >= from && second(call.start()) < to)
        .toList();
  }

  private static double[] millis(List<Call> calls) {
    return calls.stream()
        .filter(call -> !call.failed())
        .mapToDouble(call -> call.seconds() * 1e3)
        .toArray();
  }

  private String text(Path page, Path curves) throws IOException {
    double all = minutes * 60.0;
    double part = Math.min(300, all / 3);
    HistoryCheck.Findings findings = new HistoryCheck(fleet, history).look();
    List<Call> calls = calls(0, all);
    long failed = calls.stream().filter(Call::failed).count();
    long wrong = calls.stream().filter(call -> call.outcome() == Outcome.WRONG).count();
    StringBuilder text = new StringBuilder("# Soak\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            """
            `system-tests/soak/run %d` makes this page and its picture: %d minutes of mixed load on two of each service as
            separate processes beside PostgreSQL, at the rate at which clients and system keep the processors half busy (%d a
            second on each of %d capabilities). Every minute one process is killed with SIGKILL and started again after five seconds:
            in turn the second of each service. The first of each lives all the time, and is what the curves show.

            %s, %d cores. %d calls, of which %d failed, all but %d of those within 30 s of a kill; %d wrong answers.
            Afterwards everything that was acknowledged was looked for: %s.

            ![memory, heap, threads, open files and latency over the time](%s)

            *Start* is the median of the first %.0f minutes, *end* of the last; of the heap it is what lives %d minutes after the
            start, caches filled by then, and at the end. To see what lives, a full collection is made in each process every
            %d minutes, for which calls wait: the peaks of the slowest. **Bold** has grown by more than a warm process may
            still take.

            """,
            minutes,
            minutes,
            rate,
            Capability.values().length,
            java.time.LocalDate.now(java.time.ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            calls.size(),
            failed,
            calls.stream().filter(Call::failed).filter(this::farFromKills).count(),
            wrong,
            findings.notes().isEmpty()
                ? "all of it was there, once and as it was sent"
                : String.join("; ", findings.notes()),
            page.toAbsolutePath().getParent().relativize(curves.toAbsolutePath()),
            part / 60,
            HEAP_MINUTES,
            HEAP_MINUTES));
    text.append("| process |");
    for (Measure measure : Measure.values()) {
      text.append(' ').append(measure.title).append(": start | end |");
    }
    text.append(' ').append(LiveHeap.TITLE).append(": start | end | of which grew most |");
    text.append("\n|---|")
        .append("---|---|".repeat(Measure.values().length))
        .append("---|---|---|\n");
    boolean flat = true;
    for (FleetMember member : survivors()) {
      text.append("| ").append(member.service).append(" |");
      for (Measure measure : Measure.values()) {
        double start = measure.of(of(member.name, 0, part));
        double end = measure.of(of(member.name, all - part, all + 60));
        boolean kept = measure.flat(start, end);
        flat &= kept;
        text.append(row(kept, start, end));
      }
      LiveHeap.Growth growth = LiveHeap.growth(heaps, member.name);
      flat &= growth.flat();
      text.append(row(growth.flat(), growth.start().mib(), growth.end().mib()));
      growth
          .most()
          .forEach(grown ->
              text.append(
                  String.format(Locale.ROOT, " `%s` %.1f", grown.getKey(), grown.getValue())));
      text.append(" |\n");
    }
    text.append("\n| latency of calls that succeeded | p50 start | end | p99 start | end |\n")
        .append("|---|---|---|---|---|\n");
    for (Capability capability : Capability.values()) {
      double[] start =
          millis(calls(0, part).stream().filter(c -> c.capability() == capability).toList());
      double[] end =
          millis(
              calls(all - part, all).stream().filter(c -> c.capability() == capability).toList());
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %.1f ms | %.1f ms | %.1f ms | %.1f ms |%n",
              capability,
              SoakSample.percentile(0.5, start),
              SoakSample.percentile(0.5, end),
              SoakSample.percentile(0.99, start),
              SoakSample.percentile(0.99, end)));
    }
    Files.writeString(curves, new SoakCurves(samples, heaps, windows(all), all).svg());
    say(flat && findings.notes().isEmpty() && wrong == 0 ? "flat" : "NOT flat, or something lost");
    return text.toString();
  }

  private static String row(boolean kept, double start, double end) {
    return String.format(Locale.ROOT, kept ? " %.0f | %.0f |" : " %.0f | **%.0f** |", start, end);
  }

  private boolean farFromKills(Call call) {
    double inMinute = second(call.start()) % 60;
    return inMinute < 15 || inMinute > 50;
  }

  /** Latencies of each half minute: second, p50, p99, share that failed. */
  private List<double[]> windows(double all) {
    List<double[]> windows = new ArrayList<>();
    for (double from = 0; from < all; from += 30) {
      List<Call> calls = calls(from, from + 30);
      double[] millis = millis(calls);
      windows.add(
          new double[] {
            from + 15,
            SoakSample.percentile(0.5, millis),
            SoakSample.percentile(0.99, millis),
            100.0 * calls.stream().filter(Call::failed).count() / Math.max(1, calls.size())
          });
    }
    return windows;
  }

  @Override
  public void close() {
    load.off();
    fleet.close();
  }
}
