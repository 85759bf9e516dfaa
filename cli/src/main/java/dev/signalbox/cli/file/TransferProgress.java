package dev.signalbox.cli.file;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A line on the terminal about bytes sent or received. */
final class TransferProgress {

  /** Set by the script when standard error is a terminal. */
  private static final String TERMINAL = "signalbox.terminal";

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final double MIB = 1024 * 1024;

  private final @Nullable PrintStream terminal;
  private final long total;
  private long shown = System.nanoTime() - PERIOD_NANOS;

  /**
   * A line about a transfer.
   *
   * @param total bytes of the whole; negative when they are not known
   */
  TransferProgress(PrintStream err, long total) {
    this.terminal = Boolean.getBoolean(TERMINAL) ? err : null;
    this.total = total;
  }

  void at(long bytes) {
    long now = System.nanoTime();
    if (terminal != null && now - shown >= PERIOD_NANOS) {
      shown = now;
      String share =
          total > 0
              ? String.format(Locale.ROOT, " of %.1f MiB, %d %%", total / MIB, 100 * bytes / total)
              : " MiB";
      terminal.print(String.format(Locale.ROOT, "\r\u001b[K%.1f", bytes / MIB) + share);
      terminal.flush();
    }
  }

  void clear() {
    if (terminal != null) {
      terminal.print("\r\u001b[K");
      terminal.flush();
    }
  }
}
