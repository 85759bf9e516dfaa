package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.exchange.Redirect;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One probe from beginning to end: hop after hop, within its time. Lives on one event loop;
 * whatever ends it closes its socket.
 */
public final class Probe {

  private final ProbeParts parts;
  private final ProbeTask task;
  private final Cancellation cancellation;
  private final @Nullable TraceContext trace;
  private final long started = System.nanoTime();
  private final long deadline;
  private final Promise<ProbeResult> promise = Promise.promise();
  private final List<Hop> hops = new ArrayList<>();
  private @Nullable Contact contact;
  private @Nullable ScheduledFuture<?> timer;

  Probe(ProbeParts parts, ProbeTask task, Cancellation cancellation, @Nullable TraceContext trace) {
    this.parts = parts;
    this.cancellation = cancellation;
    this.trace = trace;
    this.task = task;
    this.deadline = started + task.timeout().toNanos();
  }

  /** Begins; to be called once, on the event loop. */
  Future<ProbeResult> run() {
    timer = parts.loop().schedule(this::timeOut, task.timeout().toNanos(), TimeUnit.NANOSECONDS);
    hop(task.request());
    return promise.future();
  }

  /** What it finds; fails with a {@link ProbeException}, or with what it was cancelled with. */
  public Future<ProbeResult> result() {
    return promise.future();
  }

  /**
   * Ends the probe at once: when this returns, the socket is closed and timer, place at the target
   * and the body's memory are given back. On the event loop.
   */
  public void cancel(Throwable why) {
    fail(why);
  }

  private void timeOut() {
    if (contact != null && contact.queues()) {
      fail(
          ProbeException.overloaded(
              "http-probe.target-connections left no place at the target in time"));
      return;
    }
    Phase phase = contact == null ? null : contact.phase();
    String during = phase == null ? "" : " during " + phase.key();
    fail(
        ProbeException.timeout(
            phase, "no complete answer within " + task.timeout().toMillis() + " ms" + during));
  }

  private void hop(HopRequest request) {
    Contact mine = new Contact(parts, task, request, deadline, trace, hops.size());
    contact = mine;
    mine.run(cancellation, hops.isEmpty())
        .onComplete(done -> {
          if (done.failed()) {
            fail(done.cause());
            return;
          }
          if (promise.future().isComplete()) {
            mine.end();
          } else {
            finish(request, mine, done.result());
          }
        });
  }

  private void finish(HopRequest request, Contact mine, Hop hop) {
    hops.add(hop);
    Optional<HopRequest> next;
    try {
      next = task.followRedirects() ? Redirect.next(request, hop.answer()) : Optional.empty();
    } catch (ProbeException nowhere) {
      mine.end();
      contact = null;
      fail(nowhere);
      return;
    }
    long held = next.isEmpty() ? mine.handOver() : 0;
    mine.end();
    contact = null;
    if (next.isEmpty()) {
      stopTimer();
      promise.tryComplete(new ProbeResult(task, hops, System.nanoTime() - started, held));
    } else if (hops.size() > task.redirects()) {
      fail(
          ProbeException.tooManyRedirects(
              "more than " + task.redirects() + " redirects, the next to " + next.get().url()));
    } else {
      hop(next.get());
    }
  }

  private void fail(Throwable cause) {
    stopTimer();
    if (contact != null) {
      contact.failed(cause);
    }
    Throwable failure = cause instanceof ProbeException probe ? withKnown(probe) : cause;
    if (contact != null) {
      contact.abort(failure);
    }
    promise.tryFail(failure);
  }

  /** An error is worth more with what was found before it. */
  private ProbeException withKnown(ProbeException failure) {
    HopFacts last = contact == null ? null : contact.facts();
    if (last == null && contact != null && hops.isEmpty()) {
      last = contact.tried();
    }
    return failure.error().details() != null || (last == null && hops.isEmpty())
        ? failure
        : failure.withDetails(
            ProbeReport.unfinished(task, hops, last, System.nanoTime() - started));
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
