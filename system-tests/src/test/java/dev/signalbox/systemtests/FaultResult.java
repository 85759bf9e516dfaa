package dev.signalbox.systemtests;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a fault cost: one row of the table. */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
final class FaultResult {

  /** The fault's name. */
  String fault = "";

  /** What is required, in words. */
  String required = "";

  /** Why it was left out; empty when it was not. */
  String skipped = "";

  /** Load average of the machine before. */
  double machineLoad;

  /** By capability. */
  final Map<Capability, Cell> cells = new TreeMap<>();

  /** Seconds from the end of the fault until everything was whole; -1 for never. */
  double heal;

  /** Whether that is too long, or anything else of the row as a whole is missed. */
  boolean healMissed;

  /** What is not as required. */
  final List<String> misses = new ArrayList<>();

  /** Of it what may not be on a slow machine either: times left aside. */
  final List<String> broken = new ArrayList<>();

  /** What else was seen. */
  final List<String> notes = new ArrayList<>();

  /** One capability during one fault. */
  @JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
  static final class Cell {

    int calls;
    int failed;
    double burst;
    double slowest;
    int lost;
    int doubled;
    int wrong;

    /** Of the failed those that named no service. */
    int unnamed;

    /** Of the failed those without an answer by their deadline. */
    int late;

    /** Seconds from the end of the fault to the first good write; -1 where there is none. */
    double firstWrite = -1;

    boolean missed;

    String text() {
      StringBuilder text = new StringBuilder();
      if (failed == 0) {
        text.append("0");
      } else {
        text.append(String.format(Locale.ROOT, "%.1f s, %d", burst, failed));
      }
      text.append(String.format(Locale.ROOT, "; %.1f s", slowest));
      if (lost + doubled + wrong > 0) {
        text.append("; L" + lost + " D" + doubled + " W" + wrong);
      }
      return missed ? "**" + text + "**" : text.toString();
    }
  }
}
