package dev.signalbox.dnsclient.transport;

/**
 * How many queries one resolver is sent before it has answered, found out as TCP does (RFC 8085
 * section 3.1 asks the same of every user of UDP): more while even its fastest answers stay fast,
 * fewer when they queue up or get lost.
 *
 * <p>The fastest of a few dozen answers tells how long queries wait for the resolver's attention;
 * the others may be slow because the resolver has to ask further.
 */
final class ResolverWindow {

  private static final int ANSWERS_PER_STEP = 64;
  private static final int STEPS_PER_BASE = 1024;
  private static final long TOLERANCE_NANOS = 1_000_000;

  private final int floor;
  private final int ceiling;
  private int limit;
  private int answers;
  private int steps;
  private boolean lost;
  private long fastest = Long.MAX_VALUE;
  private long base = Long.MAX_VALUE;

  /** Between two bounds, at the lower one to begin with. */
  ResolverWindow(int floor, int ceiling) {
    this.ceiling = Math.max(1, ceiling);
    this.floor = Math.min(floor, this.ceiling);
    this.limit = this.floor;
  }

  int limit() {
    return limit;
  }

  void answered(long nanos) {
    fastest = Math.min(fastest, nanos);
    if (++answers == ANSWERS_PER_STEP) {
      step();
    }
  }

  void lost() {
    lost = true;
  }

  private void step() {
    // Routes and load change: what was fast long ago is no measure for ever.
    base = ++steps % STEPS_PER_BASE == 0 ? fastest : Math.min(base, fastest);
    boolean queueing = fastest > 2 * base + TOLERANCE_NANOS;
    int change = Math.max(1, limit / 8);
    limit = Math.clamp(lost || queueing ? limit - change : limit + change, floor, ceiling);
    answers = 0;
    lost = false;
    fastest = Long.MAX_VALUE;
  }
}
