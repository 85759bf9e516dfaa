package dev.signalbox.worker.ping;

import dev.signalbox.worker.icmp.EchoSocket;
import dev.signalbox.worker.icmp.Purpose;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the requests of tasks in batches, an address of each task in turn. Used by one thread. */
final class RequestSender {

  private static final Logger LOG = LoggerFactory.getLogger(RequestSender.class);

  private final List<PingTask> tasks;
  private final OutageWatch outages;
  private final int[] addresses = new int[EchoSocket.MAX_BATCH];
  private final int[] positions = new int[EchoSocket.MAX_BATCH];
  private final PingTask[] owners = new PingTask[EchoSocket.MAX_BATCH];
  private final SendOutcome[] outcomes = new SendOutcome[EchoSocket.MAX_BATCH];
  private int turn;
  private long sent;
  private boolean congested;
  private boolean unreachable;

  /**
   * @param tasks may change between two calls
   */
  RequestSender(List<PingTask> tasks, OutageWatch outages) {
    this.tasks = tasks;
    this.outages = outages;
  }

  /** Requests sent since the start. */
  long sent() {
    return sent;
  }

  /** Whether nothing can be sent for any task. */
  boolean isUnreachable() {
    return unreachable;
  }

  /** Whether the system's queues were full, or everything unreachable, since the last call. */
  boolean takeCongested() {
    boolean was = congested;
    congested = false;
    return was;
  }

  /** The last task has ended. */
  void reset() {
    unreachable = false;
  }

  /** Sends so many requests at most; how many it tried. */
  int send(EchoSocket socket, int allowed, long nowNanos) {
    int count = 0;
    int without = 0;
    while (count < allowed && without < tasks.size()) {
      turn = (turn + 1) % tasks.size();
      PingTask task = tasks.get(turn);
      Integer position = task.nextPosition(nowNanos);
      if (position == null) {
        without++;
        continue;
      }
      without = 0;
      owners[count] = task;
      positions[count] = position;
      addresses[count++] = task.address(position);
    }
    if (count == 0) {
      return 0;
    }
    socket.send(addresses, count, Purpose.CENSUS, outcomes);
    int gone = 0;
    for (int i = 0; i < count; i++) {
      owners[i].onSent(positions[i], outcomes[i], nowNanos);
      switch (outcomes[i]) {
        case SENT -> {
          gone++;
          outages.onSent(owners[i].answerShare());
        }
        case BUSY -> congested = true;
        case UNREACHABLE, REFUSED -> {
          // The task sees to it.
        }
      }
    }
    sent += gone;
    noticeUnreachable(gone > 0, nowNanos);
    return count;
  }

  /** During an outage, pings those again who answered last; how many. */
  int probe(EchoSocket socket) {
    int[] recent = outages.recent();
    int count = 0;
    for (int address : recent) {
      // One that is to be left out by now is not asked either.
      if (tasks.stream().anyMatch(task -> task.contains(address) && !task.leavesOut(address))) {
        addresses[count++] = address;
      }
    }
    if (count > 0) {
      socket.send(addresses, count, Purpose.CENSUS, outcomes);
    }
    return count;
  }

  private void noticeUnreachable(boolean sentSome, long nowNanos) {
    if (sentSome && unreachable) {
      LOG.info("the network is reachable again");
      unreachable = false;
      tasks.forEach(task -> task.release(nowNanos));
    } else if (!sentSome
        && !unreachable
        && tasks.stream().filter(PingTask::hasUnsent).allMatch(PingTask::isHeld)) {
      LOG.warn("the network is unreachable; waiting for it");
      unreachable = true;
      congested = true;
    }
  }
}
