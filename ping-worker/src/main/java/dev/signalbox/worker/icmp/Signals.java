package dev.signalbox.worker.icmp;

/** Signals that end the process. */
public final class Signals {

  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;

  private Signals() {}

  /**
   * Lets the next signal end the process at once. While the JVM stops it ignores further ones,
   * which leaves who presses Ctrl-C again helpless.
   */
  public static void endAtOnce() {
    LibC.resetSignal(SIGINT);
    LibC.resetSignal(SIGTERM);
  }
}
