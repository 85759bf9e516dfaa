package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.AddressText;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.resolver.ResolverGuard;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The queries of one trace, each to one server, all at one port. */
final class ServerQueries {

  private static final int PORT = 53;

  // A server that is silent leaves most of the time to those after it.
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
  private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int PART_OF_TIME = 4;

  private final Tracer.Request request;
  private final Lookups lookups;
  private final ResolverGuard guard;
  private final TraceLimits limits;
  private final Cancellation cancellation;
  private final int port;

  ServerQueries(
      Tracer.Request request,
      Lookups lookups,
      ResolverGuard guard,
      TraceLimits limits,
      Cancellation cancellation) {
    this.request = request;
    this.lookups = lookups;
    this.guard = guard;
    this.limits = limits;
    this.cancellation = cancellation;
    List<InetSocketAddress> roots = request.roots();
    this.port = roots.isEmpty() ? PORT : roots.getFirst().getPort();
  }

  InetSocketAddress at(InetAddress address) {
    return new InetSocketAddress(address, port);
  }

  /** The rule by which an address must not be asked; empty when it may. */
  Optional<String> denied(InetAddress address) {
    return guard.denied(List.of(address));
  }

  Future<LookupOutcome> ask(Question question, InetSocketAddress address) {
    limits.beginQuery();
    QueryOptions options = request.options();
    Upstream upstream =
        new Upstream(Protocol.UDP, address, AddressText.of(address.getAddress()), "");
    return lookups.lookup(
        new LookupRequest(
            question,
            new QueryOptions(false, options.checkingDisabled(), options.dnssecOk(), options.edns()),
            request.plainAllowed(),
            List.of(upstream),
            new RetryPolicy(waitNanos(limits.leftNanos()), request.retryPolicy().retries()),
            false),
        cancellation);
  }

  // Not less and less: many silent servers would all be asked in the last moment.
  private static long waitNanos(long left) {
    return Math.clamp(left / PART_OF_TIME, Math.min(SHORTEST_WAIT, left), LONGEST_WAIT);
  }
}
