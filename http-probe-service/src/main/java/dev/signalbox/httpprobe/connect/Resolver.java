package dev.signalbox.httpprobe.connect;

import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param trace what it is part of; null when not traced
   */
  Future<List<InetAddress>> resolve(
      String name, long deadline, Cancellation cancellation, @Nullable TraceContext trace);
}
