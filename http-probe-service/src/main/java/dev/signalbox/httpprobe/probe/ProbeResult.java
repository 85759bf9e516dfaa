package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.task.ProbeTask;
import java.util.List;

/**
 * What a probe found.
 *
 * @param task what was asked
 * @param hops every hop, at least one; the last is the answer
 * @param totalNanos from beginning to end
 */
public record ProbeResult(ProbeTask task, List<Hop> hops, long totalNanos) {

  public ProbeResult {
    hops = List.copyOf(hops);
  }

  Hop last() {
    return hops.getLast();
  }
}
