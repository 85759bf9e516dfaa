package dev.signalbox.systemtests;

import java.util.Arrays;
import java.util.List;

/**
 * How a member was at one time.
 *
 * @param member its name
 * @param second since the soak began
 * @param residentMib memory of the process, in MiB
 * @param threads its threads
 * @param openFiles files, sockets and whatever else it had open
 */
record SoakSample(String member, double second, long residentMib, long threads, long openFiles) {

  /** What is judged by whether it grows. */
  enum Measure {
    RESIDENT("resident memory, MiB", 1.10, 16),
    THREADS("threads", 1.0, 2),
    OPEN_FILES("open files and sockets", 1.10, 10);

    /** As tables and curves call it. */
    final String title;

    private final double share;
    private final long slack;

    Measure(String title, double share, long slack) {
      this.title = title;
      this.share = share;
      this.slack = slack;
    }

    long of(SoakSample sample) {
      return switch (this) {
        case RESIDENT -> sample.residentMib;
        case THREADS -> sample.threads;
        case OPEN_FILES -> sample.openFiles;
      };
    }

    /** What some samples come to: the middle. */
    double of(List<SoakSample> samples) {
      long[] values = samples.stream().mapToLong(this::of).sorted().toArray();
      if (values.length == 0) {
        return Double.NaN;
      }
      return values[values.length / 2];
    }

    /** Whether the end is no more than the start, but for what a warm process may still take. */
    boolean flat(double start, double end) {
      return end <= Math.max(start * share, start + slack);
    }
  }

  static SoakSample of(FleetMember member, double second) {
    return new SoakSample(
        member.name, second, member.residentMib(), member.threads(), member.openFiles());
  }

  /** The value below which a share of some times lies. */
  static double percentile(double share, double... times) {
    if (times.length == 0) {
      return Double.NaN;
    }
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
  }
}
