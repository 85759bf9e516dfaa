package dev.signalbox.cli.run;

import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how far a run is, written over itself. */
final class Progress {

  private static final long EVERY_MS = 200;
  private static final String ERASE = "\r\u001b[K";

  private final PrintStream terminal;
  private final CountedInput tasks;
  private long shownMs = -EVERY_MS;
  private boolean visible;

  Progress(PrintStream terminal, CountedInput tasks) {
    this.terminal = terminal;
    this.tasks = tasks;
  }

  void show(long finished, long failed, long tookMs) {
    if (tookMs - shownMs < EVERY_MS) {
      return;
    }
    shownMs = tookMs;
    visible = true;
    terminal.print(ERASE + text(finished, failed, tookMs, tasks.bytes(), tasks.size()));
    terminal.flush();
  }

  /** Takes the line away again. */
  void clear() {
    if (visible) {
      terminal.print(ERASE);
      terminal.flush();
      visible = false;
    }
  }

  /**
   * The line.
   *
   * @param size bytes of all tasks; 0 when not known
   */
  static String text(long finished, long failed, long tookMs, long read, long size) {
    long done = finished + failed;
    double perSecond = tookMs == 0 ? 0 : done * 1_000.0 / tookMs;
    String text =
        String.format(Locale.ROOT, "%,d done, %,d failed, %,.0f/s", done, failed, perSecond);
    if (size <= 0 || read <= 0) {
      return text;
    }
    long share = Math.min(100, 100 * read / size);
    long left = Math.max(0, (long) ((double) tookMs / read * (size - read) / 1_000));
    return text + String.format(Locale.ROOT, ", %d %%, ETA %d:%02d", share, left / 60, left % 60);
  }
}
