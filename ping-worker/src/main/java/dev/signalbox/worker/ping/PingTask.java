package dev.signalbox.worker.ping;

import dev.signalbox.contracts.ping.RttCode;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One block of 65,536 addresses on its way: what has been sent and who has answered. The engine's
 * thread works on it; other threads may read its progress and take a snapshot.
 *
 * <p>A position is settled when its address has answered or has had the time for it. A snapshot
 * resumes after the positions that were settled, so that a killed worker never takes an address for
 * silent whose reply it did not wait for.
 */
public final class PingTask {

  /** Addresses of a task. */
  public static final int SIZE = ScatteredOrder.SIZE;

  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final long MARK_NANOS = 500_000_000L;
  private static final long STUCK_NANOS = 600_000_000_000L;

  /**
   * What it takes to go on later.
   *
   * @param index task index
   * @param exclude networks that are not pinged
   * @param generator of the order
   * @param start of the order
   * @param settled positions of the order that need not be sent again
   * @param rtts a code for each address, 0 for none so far
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares snapshots.
  public record Snapshot(
      int index, List<String> exclude, int generator, int start, int settled, byte[] rtts) {}

  private record Mark(long atNanos, int taken) {}

  private final int index;
  private final int network;
  private final List<String> exclude;
  private final BitSet excluded = new BitSet(SIZE);
  private final ScatteredOrder order;
  private final byte[] rtts;

  /** Positions that could not be sent, to be tried again. */
  private final ArrayDeque<Integer> unsent = new ArrayDeque<>();

  private final ArrayDeque<Mark> marks = new ArrayDeque<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final int toAnswer;
  private long retryAtNanos;
  private long lastSentNanos;
  private boolean sentAny;

  private volatile int taken;
  private volatile int settled;
  private volatile boolean complete;
  private volatile boolean stuck;

  private PingTask(
      int index, int network, List<String> exclude, ScatteredOrder order, byte[] rtts) {
    this.index = index;
    this.network = network;
    this.exclude = List.copyOf(exclude);
    this.order = order;
    this.rtts = rtts;
    this.taken = order.taken();
    this.settled = order.taken();
    this.complete = !order.hasNext();
    for (String text : exclude) {
      exclude(Network.parse(text));
    }
    this.toAnswer = SIZE - excluded.cardinality();
    for (byte rtt : rtts) {
      if (rtt != RttCode.NONE) {
        answered.incrementAndGet();
      }
    }
  }

  /** A new task for the block {@code index/256 . index%256 .0.0/16}. */
  public static PingTask create(int index, List<String> exclude, RandomGenerator random) {
    return new PingTask(index, index << 16, exclude, ScatteredOrder.random(random), new byte[SIZE]);
  }

  /**
   * A task that goes on.
   *
   * @throws IllegalArgumentException when the snapshot is none
   */
  public static PingTask resume(Snapshot snapshot) {
    if (snapshot.rtts().length != SIZE || snapshot.index() < 0 || snapshot.index() >= SIZE) {
      throw new IllegalArgumentException("not a snapshot of a task");
    }
    var order = new ScatteredOrder(snapshot.generator(), snapshot.start(), snapshot.settled());
    return new PingTask(
        snapshot.index(),
        snapshot.index() << 16,
        snapshot.exclude(),
        order,
        snapshot.rtts().clone());
  }

  private void exclude(Network out) {
    if (out.prefix() <= 16) {
      if (out.contains(network)) {
        excluded.set(0, SIZE);
      }
    } else if ((out.first() & 0xffff0000) == network) {
      int first = out.first() & 0xffff;
      excluded.set(first, first + (1 << (32 - out.prefix())));
    }
  }

  public int index() {
    return index;
  }

  /** Its block in CIDR notation. */
  public String network() {
    return Network.text(network) + "/16";
  }

  /** Whether an address is in its block. */
  boolean contains(int address) {
    return (address & 0xffff0000) == network;
  }

  /** Share of the addresses that have been sent to, 0 to 1. */
  public double sentShare() {
    return taken / (double) SIZE;
  }

  /** Addresses that have answered. */
  public int answered() {
    return answered.get();
  }

  /** Whether its result is there: all addresses were sent to and had the time to answer. */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Whether addresses are left that this machine has not been able to send to for ten minutes. They
   * must not be reported as silent, so the task is for somebody else.
   */
  public boolean isStuck() {
    return stuck;
  }

  /** The result of a complete task: a code for each address. */
  public byte[] result() {
    return rtts.clone();
  }

  /** All that it takes to go on from here in another process. */
  public Snapshot snapshot() {
    // Read first: what is settled has all its replies in the array read afterwards.
    int done = complete ? SIZE : settled;
    return new Snapshot(index, exclude, order.generator(), order.start(), done, rtts.clone());
  }

  /** Whether there is an address that can be sent to now or later. */
  boolean hasUnsent() {
    return order.hasNext() || !unsent.isEmpty();
  }

  /** The next position to send to; null when there is none now. */
  @Nullable Integer nextPosition(long nowNanos) {
    if (!unsent.isEmpty() && nowNanos - retryAtNanos >= 0) {
      return unsent.poll();
    }
    while (order.hasNext()) {
      int position = order.next();
      if (!excluded.get(position) && rtts[position] == RttCode.NONE) {
        return position;
      }
    }
    taken = order.taken();
    return null;
  }

  int address(int position) {
    return network | position;
  }

  /** What became of the request to a position. */
  void onSent(int position, SendOutcome outcome, long nowNanos) {
    switch (outcome) {
      case SENT, REFUSED -> {
        lastSentNanos = nowNanos;
        sentAny = true;
      }
      case BUSY, UNREACHABLE -> {
        if (!sentAny) { // counts from here
          lastSentNanos = nowNanos;
          sentAny = true;
        }
        unsent.add(position);
        retryAtNanos = nowNanos + RETRY_NANOS;
      }
    }
    taken = order.taken();
  }

  /** Counts a reply; one that has come before counts no more. */
  boolean onReply(int address, long roundTripNanos) {
    int position = address & 0xffff;
    if (excluded.get(position) || rtts[position] != RttCode.NONE) {
      return false;
    }
    rtts[position] = (byte) RttCode.of(Math.max(1, roundTripNanos));
    answered.incrementAndGet();
    return true;
  }

  /** Notes how far it is, and whether it is complete after the wait for the last replies. */
  void advance(long nowNanos, long tailNanos) {
    if (complete) {
      return;
    }
    Mark last = marks.peekLast();
    if (unsent.isEmpty()
        && (last == null
            || (nowNanos - last.atNanos >= MARK_NANOS && last.taken != order.taken()))) {
      marks.add(new Mark(nowNanos, order.taken()));
    }
    for (Mark mark = marks.peek();
        mark != null && nowNanos - mark.atNanos >= tailNanos;
        mark = marks.peek()) {
      settled = mark.taken;
      marks.poll();
    }
    stuck = !order.hasNext() && !unsent.isEmpty() && nowNanos - lastSentNanos >= STUCK_NANOS;
    if (!hasUnsent()
        && (answered.get() >= toAnswer || !sentAny || nowNanos - lastSentNanos >= tailNanos)) {
      complete = true;
    }
  }
}
