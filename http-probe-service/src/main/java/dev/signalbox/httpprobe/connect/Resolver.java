package dev.signalbox.httpprobe.connect;

import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** From a host name to its addresses. */
@FunctionalInterface
public interface Resolver {

  /**
   * All IPv4 and IPv6 addresses of a name, at least one, in the order they should be tried; fails
   * with a {@link dev.signalbox.httpprobe.phase.ProbeException}.
   *
   * @param name lower case, ASCII, without a trailing dot; not an address
   * @param deadline after which nobody waits, in terms of {@link System#nanoTime()}
   * @param cancellation ends it at once
   */
  Future<List<InetAddress>> resolve(String name, long deadline, Cancellation cancellation);
}
