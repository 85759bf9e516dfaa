package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The probes under way on one event loop. */
public final class Probes {

  private final ProbeParts parts;
  private final Set<Probe> running = new HashSet<>();

  public Probes(ProbeParts parts) {
    this.parts = parts;
  }

  /**
   * Starts on a task.
   *
   * @param cancellation tells look-ups when to give up; the probe itself is cancelled by its caller
   * @param trace what its hops are part of; null when not traced
   */
  public Probe start(ProbeTask task, Cancellation cancellation, @Nullable TraceContext trace) {
    Probe probe = new Probe(parts, task, cancellation, trace);
    running.add(probe);
    probe.run().onComplete(done -> running.remove(probe));
    return probe;
  }

  /** Ends them all and closes their sockets. */
  public void cancelAll() {
    for (Probe probe : Set.copyOf(running)) {
      probe.cancel(ProbeException.internal("http-probe-service is stopping"));
    }
  }

  int underWay() {
    return running.size();
  }
}
