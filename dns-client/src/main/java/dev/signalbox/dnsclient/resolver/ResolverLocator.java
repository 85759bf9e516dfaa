package dev.signalbox.dnsclient.resolver;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.IpLiterals;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Type;

/**
 * From a resolver as a client names it to one that may be spoken to: its name is resolved once, the
 * guard judges the addresses, and the address judged is the address used.
 */
public final class ResolverLocator {

  private static final int LITERALS_KEPT = 256;

  private final Lookups resolver;
  private final DefaultResolvers defaults;
  private final ResolverGuard guard;
  private final QueryOptions options;

  // A stream names the same few resolvers over and over; the guard's rules stay as they are. Upkeep
  // is not worth another thread.
  private final Cache<ResolverSpec, Future<Located>> literals =
      Caffeine.newBuilder().maximumSize(LITERALS_KEPT).executor(Runnable::run).build();

  /**
   * @param options how the names of resolvers are asked for
   */
  public ResolverLocator(
      Lookups resolver, DefaultResolvers defaults, ResolverGuard guard, QueryOptions options) {
    this.resolver = resolver;
    this.defaults = defaults;
    this.guard = guard;
    this.options = options;
  }

  /** What came of it. */
  public sealed interface Located {

    /** May be spoken to. */
    record Found(Upstream upstream) implements Located {}

    /** Has no address, or none that is allowed. */
    record NotUsable(Fault fault, String reason) implements Located {}
  }

  /** Finds a resolver, within the time a query has. */
  public Future<Located> locate(
      ResolverSpec spec, RetryPolicy retryPolicy, Cancellation cancellation) {
    Future<Located> before = literals.getIfPresent(spec);
    if (before != null) {
      return before;
    }
    InetAddress literal = known(spec.host());
    if (literal != null) {
      Future<Located> judged = Future.succeededFuture(judged(spec, List.of(literal)));
      literals.put(spec, judged);
      return judged;
    }
    return addresses(spec, Type.A, retryPolicy, cancellation)
        .compose(v4 ->
            v4.isEmpty()
                ? addresses(spec, Type.AAAA, retryPolicy, cancellation)
                : Future.succeededFuture(v4))
        .map(found -> judged(spec, found));
  }

  // RFC 6761 section 6.3: names below localhost mean this machine, and are not asked for.
  private static @Nullable InetAddress known(String host) {
    boolean local = host.equals("localhost") || host.endsWith(".localhost");
    return IpLiterals.parse(local ? "127.0.0.1" : host);
  }

  private Located judged(ResolverSpec spec, List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      return new Located.NotUsable(Fault.UNKNOWN_HOST, spec.label() + " has no known address");
    }
    Optional<String> rule = guard.denied(addresses);
    if (rule.isPresent()) {
      return new Located.NotUsable(
          Fault.BLOCKED, spec.label() + " must not be asked: " + rule.get());
    }
    InetSocketAddress address = new InetSocketAddress(addresses.getFirst(), spec.port());
    return new Located.Found(new Upstream(spec.protocol(), address, spec.host(), spec.path()));
  }

  private Future<List<InetAddress>> addresses(
      ResolverSpec spec, int type, RetryPolicy retryPolicy, Cancellation cancellation) {
    Question question = DomainNames.question(spec.host(), type);
    List<Upstream> upstreams = defaults.upstreams(Protocol.UDP);
    return resolver
        .lookup(
            new LookupRequest(question, options, true, upstreams, retryPolicy, true), cancellation)
        .map(outcome -> addresses(outcome, question));
  }

  private static List<InetAddress> addresses(LookupOutcome outcome, Question question) {
    return switch (outcome) {
      case LookupOutcome.Unanswered _ -> List.of();
      case LookupOutcome.Answered answered -> AnswerAddresses.of(answered.message(), question);
    };
  }
}
