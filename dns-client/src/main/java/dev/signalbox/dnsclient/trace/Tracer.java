package dev.signalbox.dnsclient.trace;

import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.resolver.ResolverGuard;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;

/**
 * Resolves names from the root, as {@code dig +trace} does, and keeps every step. Other than dig it
 * follows aliases and finds the addresses of name servers itself. The zones it asks choose which
 * servers it asks next: the guard judges each address, and steps, queries and time are bounded.
 * Used from one event loop.
 */
public final class Tracer {

  /** Zones asked in one trace. */
  public static final int MOST_STEPS = 32;

  /** Servers tried in one trace; a zone can name many for each step (NXNSAttack, 2020). */
  public static final int MOST_SERVERS = 64;

  /** Records that a step keeps of each section of its response. */
  static final int MOST_RECORDS = 64;

  private final ResolverGuard guard;
  private final SecureRandom random = new SecureRandom();

  /**
   * A tracer.
   *
   * @param guard judges the address of each server
   */
  public Tracer(ResolverGuard guard) {
    this.guard = guard;
  }

  /**
   * What to trace.
   *
   * @param question of class IN
   * @param options how to ask; recursion is never desired
   * @param plainAllowed whether EDNS may be left out for a server that does not understand it
   * @param roots servers of the root, all at one port, at which every other server is asked too;
   *     empty for those of the Internet at port 53
   * @param retryPolicy how long the whole trace may take, and how often one query may be repeated
   */
  public record Request(
      Question question,
      QueryOptions options,
      boolean plainAllowed,
      List<InetSocketAddress> roots,
      RetryPolicy retryPolicy) {

    public Request {
      roots = List.copyOf(roots);
    }
  }

  /**
   * Traces a question.
   *
   * @param lookups asks one server
   * @param cancellation ends it at once, as {@link Fault#CANCELLED}
   * @return fails only on a defect
   */
  public Future<Trace> trace(Request request, Lookups lookups, Cancellation cancellation) {
    TraceLimits limits = new TraceLimits(cancellation, request.retryPolicy().timeoutNanos());
    ServerQueries queries = new ServerQueries(request, lookups, guard, limits, cancellation);
    Delegation root =
        request.roots().isEmpty()
            ? RootServers.shuffled(random)
            : Delegation.ofRoot(request.roots());
    return new ReferralWalk(root, queries, limits).trace(request.question());
  }
}
