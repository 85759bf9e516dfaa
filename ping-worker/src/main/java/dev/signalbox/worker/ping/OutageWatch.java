package dev.signalbox.worker.ping;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the network is away although requests can be sent, and that it is back. Signs of an
 * outage are replies that stop altogether where many were due, a control host that stops answering,
 * a site that does not answer while no other host does, and a sleep of the machine. A reply to a
 * request that was sent since, or an answer of the site, ends it. Used by one thread.
 */
final class OutageWatch {

  /** Replies that were due since the last one. By chance so many are missing once in 10^8 times. */
  private static final double MISSED_REPLIES = 20;

  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long FIRST_PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PROBE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int CONTROLS_LOST = 5;
  private static final int PROBES = 8;

  private final int[] recent = new int[PROBES];
  private int next;
  private int recents;
  private double due;
  private boolean replied;
  private long repliedAtNanos;
  private boolean controlAnswered;
  private int controlsLost;
  private long clocksApartNanos;
  private boolean outage;
  private long sinceNanos;
  private long probeAtNanos;
  private long probeWaitNanos;

  /**
   * @param nowNanos a clock that stands still while the machine sleeps
   * @param wallNanos one that does not
   */
  OutageWatch(long nowNanos, long wallNanos) {
    clocksApartNanos = wallNanos - nowNanos;
  }

  boolean isOutage() {
    return outage;
  }

  /** Whether the machine has slept since the last call. */
  boolean hasSlept(long nowNanos, long wallNanos) {
    long apart = wallNanos - nowNanos;
    boolean slept = apart - clocksApartNanos >= SLEEP_NANOS;
    clocksApartNanos = apart;
    return slept;
  }

  /**
   * A request was sent.
   *
   * @param answerShare how probably it is answered, 0 to 1
   */
  void onSent(double answerShare) {
    due += answerShare;
  }

  /** Why the network seems to be down; null when it does not, or when that is known already. */
  @Nullable String sign(long nowNanos) {
    if (outage) {
      return null;
    }
    boolean controlSilent = controlAnswered && controlsLost >= CONTROLS_LOST;
    if (replied && nowNanos - repliedAtNanos < SILENCE_NANOS) {
      controlAnswered &= !controlSilent; // others answer, so it is the host that is gone
      return null;
    }
    if (due >= MISSED_REPLIES) {
      return "replies have stopped";
    }
    return controlSilent ? "the control host stopped answering" : null;
  }

  /** Whether no other host answers either, so that a silent site is a sign. */
  boolean nobodyElseAnswers(long nowNanos) {
    return !outage && !(replied && nowNanos - repliedAtNanos < RECENT_NANOS);
  }

  /** The network is away. */
  void begin(long nowNanos) {
    outage = true;
    sinceNanos = nowNanos;
    probeWaitNanos = FIRST_PROBE_NANOS;
    probeAtNanos = nowNanos + probeWaitNanos;
  }

  /** A reply of the census; whether the network is good. */
  boolean onReply(int address, long roundTripNanos, long nowNanos) {
    recent[next] = address;
    next = (next + 1) % PROBES;
    recents = Math.min(recents + 1, PROBES);
    return onReply(roundTripNanos, nowNanos);
  }

  /** A reply of the control host; whether the network is good. */
  boolean onControlReply(long roundTripNanos, long nowNanos) {
    controlAnswered = true;
    controlsLost = 0;
    return onReply(roundTripNanos, nowNanos);
  }

  private boolean onReply(long roundTripNanos, long nowNanos) {
    if (outage && nowNanos - roundTripNanos - sinceNanos < 0) {
      return false; // to a request from before
    }
    replied = true;
    repliedAtNanos = nowNanos;
    due = 0;
    return true;
  }

  /** The control host has not answered; whether it is a sign: it is none when presumed gone. */
  boolean onControlLost() {
    controlsLost++;
    return controlAnswered;
  }

  /** The network is good. */
  void end() {
    outage = false;
    due = 0;
    // A host that is still silent is gone itself. Until it answers again it is a sign of nothing.
    controlAnswered &= controlsLost == 0;
    controlsLost = 0;
  }

  /** Whether it is time to see whether the network is back; after 1 s, then 2, up to 30. */
  boolean isProbeDue(long nowNanos) {
    if (!outage || nowNanos - probeAtNanos < 0) {
      return false;
    }
    probeWaitNanos = Math.min(2 * probeWaitNanos, LONGEST_PROBE_NANOS);
    probeAtNanos = nowNanos + probeWaitNanos;
    return true;
  }

  /** Addresses that were the last to answer. */
  int[] recent() {
    return Arrays.copyOf(recent, recents);
  }
}
