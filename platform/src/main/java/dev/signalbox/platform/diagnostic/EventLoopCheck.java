package dev.signalbox.platform.diagnostic;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Whether every event loop runs what it is given. A loop that has not run the question before gets
 * no other, so a blocked one collects none.
 */
public final class EventLoopCheck implements DiagnosticCheck {

  private static final long LATE_MS = 500;

  private record Question(long askedNanos, CompletableFuture<Void> answered) {}

  private final Iterable<EventExecutor> loops;
  private final LongSupplier nanos;
  private final Map<EventExecutor, Question> questions = new HashMap<>();

  /** Checks these event loops. */
  public EventLoopCheck(Iterable<EventExecutor> loops) {
    this(loops, System::nanoTime);
  }

  EventLoopCheck(Iterable<EventExecutor> loops, LongSupplier nanos) {
    this.loops = loops;
    this.nanos = nanos;
  }

  @Override
  public List<Symptom> check() throws InterruptedException {
    for (EventExecutor loop : loops) {
      Question before = questions.get(loop);
      if (!loop.isShuttingDown() && (before == null || before.answered.isDone())) {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        loop.execute(() -> answered.complete(null));
        questions.put(loop, new Question(nanos.getAsLong(), answered));
      }
    }
    List<Symptom> late = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LATE_MS);
    int number = 0;
    for (EventExecutor loop : loops) {
      Question question = questions.get(loop);
      if (question != null && !answers(question, end)) {
        long ms = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - question.askedNanos);
        late.add(
            Symptom.of(
                FindingCode.EVENT_LOOP,
                "event loop " + number,
                "Event loop " + number + " has run nothing for " + ms + " ms."));
      }
      number++;
    }
    return late;
  }

  private static boolean answers(Question question, long end) throws InterruptedException {
    try {
      question.answered.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("never completed exceptionally", e);
    }
  }
}
