package dev.signalbox.gateway.task;

/**
 * How many tasks of one request may be under way, judged by how large their answers are. Nobody
 * knows that before they are there: at first each is taken for a large one, then for the largest of
 * late. Belongs to one event loop.
 */
final class AnswerPace {

  /** What the answers to tasks under way may come to, bytes. */
  private static final long ROOM = 16 << 20;

  private static final long UNKNOWN = 1 << 20;
  private static final long LEAST = 1_024;

  private long expected = UNKNOWN;

  /** Whether one more may begin; always so when none is under way. */
  boolean mayBegin(int underWay) {
    return underWay == 0 || (underWay + 1) * expected <= ROOM;
  }

  /** An answer has come. Larger ones count at once, smaller ones little by little. */
  void answered(long bytes) {
    long faded = expected == UNKNOWN ? LEAST : expected - expected / 16;
    expected = Math.max(LEAST, Math.max(bytes, faded));
  }
}
