package dev.signalbox.worker.ping;

import dev.signalbox.worker.icmp.EchoSocket;
import dev.signalbox.worker.icmp.Purpose;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/** A socket to a network that the test makes up; the same address may be sent to from anywhere. */
public final class VirtualNetwork implements EchoSocket {

  private static final long ROUND_TRIP_NANOS = 1_000;

  /** How often each address was sent to. */
  public final ConcurrentHashMap<Integer, AtomicInteger> sent = new ConcurrentHashMap<>();

  /** What becomes of requests now. */
  public volatile SendOutcome outcome = SendOutcome.SENT;

  /** Addresses that can never be sent to. */
  public volatile IntPredicate unreachable = _ -> false;

  /** Whether requests and replies are lost. */
  public volatile boolean away;

  private final IntPredicate answers;
  private final ArrayDeque<Integer> replies = new ArrayDeque<>();
  private final ArrayDeque<Purpose> purposes = new ArrayDeque<>();

  public VirtualNetwork(IntPredicate answers) {
    this.answers = answers;
  }

  @Override
  public void send(int[] addresses, int count, Purpose purpose, SendOutcome[] outcomes) {
    for (int i = 0; i < count; i++) {
      SendOutcome now = unreachable.test(addresses[i]) ? SendOutcome.UNREACHABLE : outcome;
      outcomes[i] = now;
      if (now == SendOutcome.SENT) {
        sent.computeIfAbsent(addresses[i], _ -> new AtomicInteger()).incrementAndGet();
        if (!away && answers.test(addresses[i])) {
          replies.add(addresses[i]);
          purposes.add(purpose);
        }
      }
    }
  }

  @Override
  public void receive(ReplyHandler handler) {
    while (!replies.isEmpty()) {
      handler.onReply(replies.poll(), purposes.poll(), ROUND_TRIP_NANOS);
    }
  }

  @Override
  public void await(int millis) {
    LockSupport.parkNanos(1_000_000L * Math.min(millis, 2));
  }

  @Override
  public String description() {
    return "virtual network";
  }

  @Override
  public void close() {
    replies.clear();
  }
}
