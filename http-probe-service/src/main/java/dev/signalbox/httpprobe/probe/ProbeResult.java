package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.body.Body;
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

  /** Bytes of the answer's body that were read, after decompression. */
  public long bodyBytes() {
    Body body = last().answer().body();
    return body == null ? 0 : body.length();
  }

  Hop last() {
    return hops.getLast();
  }
}
