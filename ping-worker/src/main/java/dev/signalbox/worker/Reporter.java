package dev.signalbox.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.worker.ping.PingEngine;
import dev.signalbox.worker.ping.PingTask;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells the volunteer what happens: a line that changes on a terminal, lines elsewhere, JSON for
 * programs, nothing when quiet. Belongs to one thread.
 */
final class Reporter {

  /** How to tell it. */
  enum Style {
    TERMINAL,
    LINES,
    JSON,
    QUIET
  }

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BAR = 20;
  private static final long TERMINAL_MS = 500;
  private static final long JSON_MS = 1_000;
  private static final long LINES_MS = 30_000;
  private static final double LEAST_RATE = 0.1;

  private final Style style;
  private final PrintStream out;
  private final LongSupplier nowMs;
  private long printedAtMs;
  private long lastSent;
  private double rate;
  private int width;

  Reporter(Style style, PrintStream out, LongSupplier nowMs) {
    this.style = style;
    this.out = out;
    this.nowMs = nowMs;
    this.printedAtMs = nowMs.getAsLong();
  }

  void started(String site, double limit) {
    event(
        "Census worker for "
            + site
            + ", at most "
            + Math.round(limit)
            + " pings/s. Ctrl-C stops it"
            + " and keeps what was found.",
        json("started").put("site", site).put("rate", limit));
  }

  void resumed(int tasks, int answered) {
    event(
        "Going on with "
            + blocks(tasks)
            + " of the last run, in which "
            + number(answered)
            + " answered",
        json("resumed").put("blocks", tasks).put("answered", answered));
  }

  void leased(List<String> networks) {
    ObjectNode json = json("leased");
    networks.forEach(json.putArray("networks")::add);
    event("Leased " + String.join(", ", networks), json);
  }

  void submitted(String network, int answered) {
    event(
        "Submitted " + network + ": " + number(answered) + " answered",
        json("submitted").put("network", network).put("answered", answered));
  }

  void refused(String network, String why) {
    event(
        "The result of " + network + " was not taken: " + why,
        json("refused").put("network", network).put("detail", why));
  }

  void lost(int tasks, String why) {
    event(
        "Dropped " + blocks(tasks) + ": " + why,
        json("lost").put("blocks", tasks).put("detail", why));
  }

  void givenUp(String network) {
    event(
        "Gave up "
            + network
            + ": some of its addresses cannot be sent to from this machine. Another worker will"
            + " ping it.",
        json("given_up").put("network", network));
  }

  void waiting(String why, long millis) {
    event(
        "Waiting " + Math.max(1, Math.round(millis / 1_000.0)) + " s: " + why,
        json("waiting").put("wait_ms", millis).put("detail", why));
  }

  void ended(int kept, long sent) {
    event(
        kept > 0
            ? "Stopped. " + blocks(kept) + " kept: the next start goes on with them."
            : "Stopped.",
        json("stopped").put("blocks", kept).put("sent", sent));
  }

  void progress(
      PingEngine.Status status, List<PingTask> running, int submitted, long submittedAnswers) {
    long now = nowMs.getAsLong();
    long every =
        switch (style) {
          case TERMINAL -> TERMINAL_MS;
          case JSON -> JSON_MS;
          case LINES -> LINES_MS;
          case QUIET -> Long.MAX_VALUE;
        };
    long passed = now - printedAtMs;
    if (passed < every) {
      return;
    }
    rate = (status.sent() - lastSent) * 1_000.0 / passed;
    lastSent = status.sent();
    printedAtMs = now;
    double share = running.stream().mapToDouble(PingTask::sentShare).average().orElse(0);
    double left = running.stream().mapToDouble(task -> 1 - task.sentShare()).sum() * PingTask.SIZE;
    long etaS = rate < LEAST_RATE ? -1 : Math.round(left / rate);
    long found = submittedAnswers + running.stream().mapToLong(PingTask::answered).sum();
    if (style == Style.JSON) {
      ObjectNode json =
          json("progress")
              .put("rate", Math.round(rate * 10) / 10.0)
              .put("limit", Math.round(status.rate() * 10) / 10.0)
              .put("sent", status.sent())
              .put("found", found)
              .put("submitted", submitted)
              .put("unreachable", status.unreachable());
      if (etaS >= 0) {
        json.put("eta_s", etaS);
      }
      var array = json.putArray("blocks");
      running.forEach(task ->
          array
              .addObject()
              .put("network", task.network())
              .put("sent", Math.round(task.sentShare() * 10_000) / 10_000.0)
              .put("answered", task.answered()));
      out.println(json);
      return;
    }
    String text =
        (status.unreachable() ? "network unreachable | " : "")
            + Math.round(rate)
            + " pings/s | "
            + blocks(running.size())
            + " | found "
            + number(found)
            + " | submitted "
            + submitted
            + (etaS < 0 ? "" : " | " + duration(etaS) + " left");
    if (style == Style.TERMINAL) {
      int full = (int) Math.round(share * BAR);
      line(
          "["
              + "#".repeat(full)
              + ".".repeat(BAR - full)
              + "] "
              + Math.round(share * 100)
              + "% | "
              + text);
    } else {
      out.println(Math.round(share * 100) + "% | " + text);
    }
  }

  private static ObjectNode json(String event) {
    return MAPPER.createObjectNode().put("event", event);
  }

  private void event(String text, ObjectNode json) {
    switch (style) {
      case JSON -> out.println(json);
      case LINES -> out.println(text);
      case TERMINAL -> {
        line(text);
        out.println();
        width = 0;
      }
      case QUIET -> {
        // Nothing.
      }
    }
    out.flush();
  }

  /** Overwrites the line before. */
  private void line(String text) {
    out.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
    out.flush();
    width = text.length();
  }

  private static String blocks(int count) {
    return count == 1 ? "1 block" : count + " blocks";
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String duration(long seconds) {
    Duration duration = Duration.ofSeconds(seconds);
    return duration.toHours() > 0
        ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
        : duration.toMinutes() > 0
            ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
            : seconds + " s";
  }
}
