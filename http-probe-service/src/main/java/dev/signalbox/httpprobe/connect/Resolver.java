package dev.signalbox.httpprobe.connect;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** From a host name to its addresses. */
public interface Resolver {

  /**
   * All IPv4 and IPv6 addresses of a name, at least one, in the order they should be tried; fails
   * with a {@link ProbeException}. Bounded in time by itself.
   *
   * @param name lower case, ASCII, without a trailing dot; not an address
   */
  Future<List<InetAddress>> resolve(String name);
}
