package dev.signalbox.testsupport;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the event loops of this process every few milliseconds, and notes those that wait for
 * something: an event loop without work is inside the kernel's poll, which counts as running, so
 * one that waits or sleeps has been blocked. Unlike a limit on time this finds nothing wrong with a
 * machine that is merely slow.
 */
final class EventLoopWatch implements AutoCloseable {

  private static final String EVENT_LOOP = "vert.x-eventloop-thread-";
  private static final long PERIOD_MS = 10;

  /** Once is a lock that was taken; so often in a row, at one place, is a wait. */
  private static final int TIMES = 3;

  private static final int MAX_FOUND = 10;

  private record Waiting(StackTraceElement at, int times) {}

  private final Map<Long, Waiting> waiting = new HashMap<>();
  private final List<String> found = new CopyOnWriteArrayList<>();
  private final Thread watcher;
  private volatile boolean closed;

  private EventLoopWatch() {
    this.watcher = Thread.ofPlatform().daemon().name("event-loop-watch").unstarted(this::watch);
  }

  static EventLoopWatch start() {
    EventLoopWatch watch = new EventLoopWatch();
    watch.watcher.start();
    return watch;
  }

  private void watch() {
    while (!closed) {
      look();
      try {
        Thread.sleep(PERIOD_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    Thread[] threads = new Thread[Thread.activeCount() * 2 + 16];
    int count = Thread.enumerate(threads);
    for (int i = 0; i < count; i++) {
      Thread thread = threads[i];
      if (thread.getName().startsWith(EVENT_LOOP)) {
        look(thread);
      }
    }
  }

  private void look(Thread thread) {
    Thread.State state = thread.getState();
    if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
      waiting.remove(thread.threadId());
      return;
    }
    StackTraceElement[] stack = thread.getStackTrace();
    StackTraceElement ours = ours(stack);
    if (ours == null) {
      waiting.remove(thread.threadId());
      return;
    }
    Waiting before = waiting.get(thread.threadId());
    int times = before != null && before.at().equals(ours) ? before.times() + 1 : 1;
    waiting.put(thread.threadId(), new Waiting(ours, times));
    if (times == TIMES && found.size() < MAX_FOUND) {
      found.add(thread.getName() + " waits in " + stack[0] + ", from " + ours);
    }
  }

  /** The innermost frame of ours; none for a line of the log, which waits for the console. */
  private static @Nullable StackTraceElement ours(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (frame.getClassName().startsWith("ch.qos.logback.")) {
        return null;
      }
      if (frame.getClassName().startsWith("dev.signalbox.")) {
        return frame;
      }
    }
    return null;
  }

  /** The event loops that were blocked by our code, each with its place. */
  List<String> found() {
    return List.copyOf(found);
  }

  @Override
  public void close() {
    closed = true;
    watcher.interrupt();
  }
}
