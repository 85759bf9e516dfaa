package dev.signalbox.systemtests;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What lives in the heap of a member. The JVM collects all garbage before it counts: what it uses
 * says little of a process that collects its old generation once in hours.
 *
 * @param member its name
 * @param second since the soak began
 * @param bytes bytes of each class
 */
record LiveHeap(String member, double second, Map<String, Long> bytes) {

  /** How tables and curves call it. */
  static final String TITLE = "live heap after a full collection, MiB";

  /** What a warm process may still take. */
  private static final double SHARE = 1.25;

  private static final double SLACK_MIB = 8;
  private static final int CLASSES = 3;
  private static final double LEAST_MIB = 0.1;
  private static final double MIB = 1 << 20;
  private static final Pattern ROW =
      Pattern.compile("^ *\\d+: +\\d+ +(\\d+) +(\\S+)", Pattern.MULTILINE);

  LiveHeap {
    bytes = Map.copyOf(bytes);
  }

  /** Collects the garbage of a member and counts. */
  static LiveHeap of(FleetMember member, double second) {
    Programs.Outcome outcome =
        Programs.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(member.process().pid()),
                "GC.class_histogram"));
    Map<String, Long> bytes = new HashMap<>();
    for (MatchResult row : ROW.matcher(outcome.text()).results().toList()) {
      bytes.merge(row.group(2), Long.parseLong(row.group(1)), Long::sum);
    }
    if (bytes.isEmpty()) {
      throw new IllegalStateException("no histogram of " + member + ": " + outcome);
    }
    return new LiveHeap(member.name, second, bytes);
  }

  /** All of it, in MiB. */
  double mib() {
    return bytes.values().stream().mapToLong(Long::longValue).sum() / MIB;
  }

  /** What became of a member: from its second look, when caches are filled, to the last. */
  static Growth growth(List<LiveHeap> heaps, String member) {
    List<LiveHeap> looks = heaps.stream().filter(heap -> heap.member.equals(member)).toList();
    return new Growth(looks.get(Math.min(1, looks.size() - 1)), looks.getLast());
  }

  /** The heap of a member at two times. */
  record Growth(LiveHeap start, LiveHeap end) {

    boolean flat() {
      return end.mib() <= Math.max(start.mib() * SHARE, start.mib() + SLACK_MIB);
    }

    /** The classes that have grown most, with MiB. */
    List<Map.Entry<String, Double>> most() {
      return end.bytes.entrySet().stream()
          .map(entry ->
              Map.entry(
                  entry.getKey(),
                  (entry.getValue() - start.bytes.getOrDefault(entry.getKey(), 0L)) / MIB))
          .filter(grown -> grown.getValue() >= LEAST_MIB)
          .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
          .limit(CLASSES)
          .toList();
    }
  }
}
