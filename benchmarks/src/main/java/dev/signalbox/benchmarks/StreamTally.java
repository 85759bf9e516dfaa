package dev.signalbox.benchmarks;

import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came back of a stream of tasks. The answers are searched rather than parsed, for speed. */
final class StreamTally {

  private static final int LONGEST_MS = 120_000;

  private final int count;
  private final String expect;
  private final BitSet seen;
  private final int[] byDuration = new int[LONGEST_MS + 1];
  private final Map<Long, Long> byAttempts = new TreeMap<>();
  private final Map<String, Long> byError = new TreeMap<>();
  private long answers;
  private long good;
  private long twice;
  private boolean summed;

  StreamTally(int count, String expect) {
    this.count = count;
    this.expect = expect;
    this.seen = new BitSet(count);
  }

  void answer(String line) {
    answers++;
    int id = (int) number(line, "\"id\":\"");
    if (id < 0 || id >= count || seen.get(id)) {
      twice++;
    } else {
      seen.set(id);
    }
    byDuration[Math.clamp(number(line, "\"duration_ms\":"), 0, LONGEST_MS)]++;
    if (line.contains(expect)) {
      good++;
    } else {
      byError.merge(word(line, "\"code\":\""), 1L, Long::sum);
    }
    long attempts = number(line, "\"attempts\":");
    if (attempts > 0) {
      byAttempts.merge(attempts, 1L, Long::sum);
    }
  }

  void summary(String line) {
    summed = line.endsWith("}");
  }

  boolean complete() {
    return summed && good == count && twice == 0 && seen.cardinality() == count;
  }

  String line(long sent, double seconds) {
    return String.format(
        Locale.ROOT,
        "rate=%.0f seconds=%.2f sent=%d answers=%d good=%d missing=%d twice=%d p50_ms=%d p99_ms=%d"
            + " max_ms=%d attempts=%s errors=%s summary=%s",
        answers / seconds,
        seconds,
        sent,
        answers,
        good,
        count - seen.cardinality(),
        twice,
        percentile(0.5),
        percentile(0.99),
        percentile(1),
        byAttempts.toString().replace(" ", ""),
        byError.toString().replace(" ", ""),
        summed);
  }

  private int percentile(double share) {
    long rank = Math.max(1, (long) Math.ceil(answers * share));
    long sum = 0;
    for (int ms = 0; ms <= LONGEST_MS; ms++) {
      sum += byDuration[ms];
      if (sum >= rank) {
        return ms;
      }
    }
    return 0;
  }

  private static long number(String line, String key) {
    int at = line.indexOf(key);
    if (at < 0) {
      return -1;
    }
    long value = 0;
    int i = at + key.length();
    while (i < line.length() && Character.isDigit(line.charAt(i))) {
      value = value * 10 + line.charAt(i++) - '0';
    }
    return value;
  }

  private static String word(String line, String key) {
    int at = line.indexOf(key);
    return at < 0
        ? "other"
        : line.substring(at + key.length(), line.indexOf('"', at + key.length()));
  }
}
