package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.task.ProbeTask;
import java.util.List;

/**
 * What a probe found.
 *
 * @param task what was asked
 * @param hops every hop, at least one; the last is the answer
 * @param totalNanos from beginning to end
 * @param heldBytes memory of the body that is counted in {@code http-probe.max-memory}, to be
 *     released when the result has been used
 */
public record ProbeResult(ProbeTask task, List<Hop> hops, long totalNanos, long heldBytes) {

  public ProbeResult {
    hops = List.copyOf(hops);
  }

  Hop last() {
    return hops.getLast();
  }
}
