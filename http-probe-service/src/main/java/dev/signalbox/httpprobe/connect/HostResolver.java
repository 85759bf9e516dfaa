package dev.signalbox.httpprobe.connect;

import dev.signalbox.dnsclient.host.HostAddresses;
import dev.signalbox.dnsclient.host.HostLookup;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks hosts up with this system's own DNS client, hosts file first. Its cache is left out: the
 * dns phase of a probe is to be a real one, and an address that has moved is what probes are for.
 */
public final class HostResolver implements Resolver {

  private final HostLookup hosts;

  public HostResolver(HostLookup hosts) {
    this.hosts = hosts;
  }

  @Override
  public Future<List<InetAddress>> resolve(
      String name, long deadline, Cancellation cancellation, @Nullable TraceContext trace) {
    return hosts
        .traced(trace)
        .addresses(name, false, deadline, cancellation)
        .map(HostResolver::known);
  }

  private static List<InetAddress> known(HostAddresses answer) {
    return switch (answer) {
      case HostAddresses.Found found -> found.addresses();
      case HostAddresses.None none -> throw ProbeException.dns(none.reason(), false);
      case HostAddresses.Unknown unknown ->
          throw ProbeException.dns(unknown.reason(), unknown.fault().retryable());
    };
  }
}
