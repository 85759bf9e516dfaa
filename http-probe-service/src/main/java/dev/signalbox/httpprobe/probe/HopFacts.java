package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.exchange.HopAnswer;
import dev.signalbox.httpprobe.phase.Timings;
import dev.signalbox.httpprobe.tls.TlsFacts;
import dev.signalbox.httpprobe.url.WebUrl;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a hop, whether it ended or not.
 *
 * @param url asked for
 * @param answer its head at least; null before it came
 * @param address whom it was connected to
 * @param tls null in the clear
 * @param timings phases, the last as long as it has taken
 * @param reused whether its connection had carried an earlier exchange
 */
record HopFacts(
    WebUrl url,
    @Nullable HopAnswer answer,
    InetAddress address,
    @Nullable TlsFacts tls,
    Timings timings,
    boolean reused) {

  static HopFacts of(Hop hop) {
    return new HopFacts(
        hop.url(), hop.answer(), hop.address(), hop.tls(), hop.timings(), hop.reused());
  }
}
