package dev.signalbox.worker.ping;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One block of 65,536 addresses on its way: what has been sent and who has answered. The engine's
 * thread works on it; other threads may read its progress and take a snapshot.
 *
 * <p>A position is settled when its address has answered or has had the time for it. What was
 * settled when the network was last known to be good is proven. A snapshot and a {@link #rewind}
 * resume after the proven positions, so that no address is taken for silent that was not sent to,
 * whose reply was not waited for, or that was pinged while the network was away.
 */
public final class PingTask {

  /** Addresses of a task. */
  public static final int SIZE = ScatteredOrder.SIZE;

  private static final long MARK_NANOS = 500_000_000L;
  private static final long STUCK_NANOS = 600_000_000_000L;

  /** New positions between two that are tried again, so that these slow nothing down. */
  private static final int NEW_BEFORE_RETRY = 8;

  /** Of a position that is tried again, whose place is known. */
  private static final Integer NO_PLACE = -1;

  /**
   * What it takes to go on later.
   *
   * @param index task index
   * @param exclude networks that are not pinged
   * @param generator of the order
   * @param start of the order
   * @param settled positions of the order that need not be sent again: those that are proven
   * @param rtts a code for each address, 0 for none so far
   */
  @SuppressWarnings("ArrayRecordComponent") // Snapshots are never compared.
  public record Snapshot(
      int index, List<String> exclude, int generator, int start, int settled, byte[] rtts) {}

  private record Mark(long atNanos, int taken) {}

  private final int index;
  private final int network;
  private final int generator;
  private final int start;
  private final BlockAnswers answers;
  private final UnsentPositions unsent = new UnsentPositions();
  private final SendHold hold = new SendHold();
  private final ArrayDeque<Mark> marks = new ArrayDeque<>();

  /** Places in the order of the positions that were handed out and not yet sent to. */
  private final ArrayDeque<Integer> places = new ArrayDeque<>();

  private ScatteredOrder order;
  private int newSinceRetry;
  private int settled;
  private long lastSentNanos;
  private boolean sentAny;
  private long requests;
  private long replies;

  private volatile int taken;
  private volatile int proven;
  private volatile boolean waited;
  private volatile boolean complete;
  private volatile boolean stuck;

  /** Whether there was a time when nothing could be sent, and its end. */
  private boolean released;

  private long releasedNanos;

  private PingTask(
      int index, int network, List<String> exclude, ScatteredOrder order, byte[] rtts) {
    this.index = index;
    this.network = network;
    this.answers = new BlockAnswers(network, exclude, rtts);
    this.order = order;
    this.generator = order.generator();
    this.start = order.start();
    this.taken = order.taken();
    this.settled = order.taken();
    this.proven = order.taken();
    this.complete = !order.hasNext();
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

  /** Leaves networks out from now on, and what was found in them. */
  void exclude(List<String> networks) {
    if (answers.exclude(networks)) {
      unsent.removeIf(answers::isExcluded);
    }
  }

  public int index() {
    return index;
  }

  /** Its block in CIDR notation. */
  public String network() {
    return Cidr.ofV4(network, 16).toString();
  }

  /** Whether an address is in its block. */
  boolean contains(int address) {
    return (address & 0xffff0000) == network;
  }

  /** Whether an address of its block is to be left out. */
  boolean leavesOut(int address) {
    return answers.isExcluded(address & 0xffff);
  }

  /** Share of the addresses that have been sent to, 0 to 1. */
  public double sentShare() {
    return taken / (double) SIZE;
  }

  /** Addresses that have answered. */
  public int answered() {
    return answers.count();
  }

  /** Networks that are not pinged. */
  public List<String> excluded() {
    return answers.excluded();
  }

  /** Whether all addresses were sent to and had the time to answer. */
  public boolean isWaitedFor() {
    return waited;
  }

  /**
   * Whether its result is there: it has been waited for, and the network was good afterwards,
   * unless the engine has no means to know.
   */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Whether there is an address that this machine has not been able to send to for ten minutes, or
   * as often as it is tried. It must not be reported as silent, so another worker must do the task.
   */
  public boolean isStuck() {
    return stuck;
  }

  /** The result of a complete task: a code for each address. */
  public byte[] result() {
    return answers.codes();
  }

  /** All that it takes to go on from here in another process. */
  public Snapshot snapshot() {
    // Read first: what is proven has all its replies in the array read afterwards.
    int done = complete ? SIZE : proven;
    return new Snapshot(index, answers.excluded(), generator, start, done, answers.codes());
  }

  /** Whether there is an address that can be sent to now or later. */
  boolean hasUnsent() {
    return order.hasNext() || !unsent.isEmpty();
  }

  /** Whether it is held back, for the requests of late could not be sent. */
  boolean isHeld() {
    return hold.isHeld();
  }

  /** Requests can be sent again. */
  void release(long nowNanos) {
    hold.release();
    released = true;
    releasedNanos = nowNanos;
  }

  /** The next position to send to; null when there is none now. */
  @Nullable Integer nextPosition(long nowNanos) {
    if (!hold.mayTry(nowNanos)) {
      return null;
    }
    Integer position = newSinceRetry >= NEW_BEFORE_RETRY ? nextRetry(nowNanos) : null;
    if (position == null) {
      position = nextNew();
    }
    if (position == null) {
      position = nextRetry(nowNanos);
    }
    if (position != null) {
      hold.onTry();
    }
    return position;
  }

  private @Nullable Integer nextNew() {
    while (order.hasNext()) {
      int position = order.next();
      if (answers.isOpen(position)) {
        newSinceRetry++;
        places.add(order.taken() - 1);
        return position;
      }
    }
    taken = order.taken();
    return null;
  }

  private @Nullable Integer nextRetry(long nowNanos) {
    Integer position = unsent.poll(nowNanos);
    if (position != null) {
      newSinceRetry = 0;
      places.add(NO_PLACE);
    }
    return position;
  }

  int address(int position) {
    return network | position;
  }

  /** Share of the requests since the start or the last rewind that were answered, 0 to 1. */
  double answerShare() {
    return requests == 0 ? 0 : Math.min(1, replies / (double) requests);
  }

  /** Counts a reply; duplicates do not count. */
  boolean onReply(int address, long roundTripNanos) {
    boolean counts = answers.onReply(address & 0xffff, roundTripNanos);
    if (counts) {
      replies++;
    }
    return counts;
  }

  /**
   * The outcome of a request. Outcomes come in the order in which the positions were handed out.
   */
  void onSent(int position, SendOutcome outcome, long nowNanos) {
    int place = places.remove();
    if (!sentAny) { // counts from here
      sentAny = true;
      lastSentNanos = nowNanos;
    }
    switch (outcome) {
      case SENT -> {
        requests++;
        onDone(position, nowNanos);
      }
      case REFUSED -> onDone(position, nowNanos);
      case BUSY -> {
        hold.onBusy(nowNanos);
        unsent.onFailure(position, place, nowNanos, !hold.isHeld());
      }
      case UNREACHABLE -> {
        hold.onUnreachable(nowNanos);
        unsent.onFailure(position, place, nowNanos, !hold.isHeld());
      }
    }
    taken = order.taken();
  }

  private void onDone(int position, long nowNanos) {
    lastSentNanos = nowNanos;
    unsent.onSent(position);
    hold.onSent();
  }

  /** Notes how far it is, and whether all has been waited for. */
  void advance(long nowNanos, long tailNanos) {
    if (complete || waited) {
      return;
    }
    // All before the lowest position that is not sent is sent by now.
    int sentUpTo = unsent.isEmpty() ? order.taken() : unsent.lowestPlace();
    Mark last = marks.peekLast();
    if (last == null || (nowNanos - last.atNanos >= MARK_NANOS && last.taken != sentUpTo)) {
      marks.add(new Mark(nowNanos, sentUpTo));
    }
    for (Mark mark = marks.peek();
        mark != null && nowNanos - mark.atNanos >= tailNanos;
        mark = marks.peek()) {
      settled = mark.taken;
      marks.poll();
    }
    stuck =
        !unsent.isEmpty()
            && (unsent.hasGivenUp()
                || (nowNanos - unsent.oldestNanos() >= STUCK_NANOS
                    // What could not be sent while nothing could says nothing of an address.
                    && !(released && nowNanos - releasedNanos < STUCK_NANOS)));
    if (!hasUnsent()) {
      if (answers.isFull() || !sentAny) {
        complete();
      } else if (nowNanos - lastSentNanos >= tailNanos) {
        waited = true;
      }
    }
  }

  /** The network is good: what is settled by now is proven. */
  void onNetworkGood() {
    if (waited) {
      complete();
    } else {
      proven = settled;
    }
  }

  /** Its result counts, whatever comes. */
  void complete() {
    complete = true;
  }

  /** Goes back to what is proven: what was sent since may have been lost. */
  void rewind() {
    if (complete) {
      return;
    }
    waited = false;
    order = new ScatteredOrder(generator, start, proven);
    taken = proven;
    settled = proven;
    marks.clear();
    unsent.clear();
    hold.release();
    stuck = false;
    requests = 0;
    replies = 0;
  }
}
