package dev.signalbox.dnsclient.resolver;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
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
  public ResolverLocator(DefaultResolvers defaults, ResolverGuard guard, QueryOptions options) {
    this.defaults = defaults;
    this.guard = guard;
    this.options = options;
  }

  /** The result of locating a resolver. */
  public sealed interface Located {

    /** May be spoken to. */
    record Found(Upstream upstream) implements Located {}

    /** Has no address, or none that is allowed. */
    record NotUsable(Fault fault, String reason) implements Located {}
  }

  /**
   * Finds a resolver, within the time a query has.
   *
   * @param lookups ask for the addresses of its name
   */
  public Future<Located> locate(
      ResolverSpec spec, RetryPolicy retryPolicy, Lookups lookups, Cancellation cancellation) {
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
    return addresses(spec, Type.A, retryPolicy, lookups, cancellation)
        .compose(v4 ->
            v4.found().isEmpty() && v4.limit() == null
                ? addresses(spec, Type.AAAA, retryPolicy, lookups, cancellation)
                : Future.succeededFuture(v4))
        .map(addresses -> {
          Unanswered limit = addresses.limit();
          return limit == null
              ? judged(spec, addresses.found())
              : new Located.NotUsable(limit.fault(), notLookedUp(spec, limit));
        });
  }

  private static String notLookedUp(ResolverSpec spec, Unanswered limit) {
    return spec.label() + " has no known address: " + limit.reason();
  }

  /**
   * Addresses of a resolver in one family.
   *
   * @param limit why they could not be asked for within what the task may use; otherwise null
   */
  private record Addresses(List<InetAddress> found, @Nullable Unanswered limit) {}

  // RFC 6761 section 6.3: names below localhost mean this machine, and are not asked for.
  private static @Nullable InetAddress known(String host) {
    boolean local = host.equals("localhost") || host.endsWith(".localhost");
    return IpLiteral.parse(local ? "127.0.0.1" : host).orElse(null);
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

  private Future<Addresses> addresses(
      ResolverSpec spec,
      int type,
      RetryPolicy retryPolicy,
      Lookups lookups,
      Cancellation cancellation) {
    Question question = DomainNames.question(spec.host(), type);
    List<Upstream> upstreams = defaults.upstreams(Protocol.UDP);
    return lookups
        .lookup(
            new LookupRequest(question, options, true, upstreams, retryPolicy, true), cancellation)
        .map(outcome -> addresses(outcome, question));
  }

  private static Addresses addresses(LookupOutcome outcome, Question question) {
    return switch (outcome) {
      case LookupOutcome.Answered answered ->
          new Addresses(AnswerAddresses.of(answered.message(), question), null);
      case Unanswered not ->
          switch (not.fault()) {
            case LIMIT, CANCELLED, OVERLOADED -> new Addresses(List.of(), not);
            case TIMEOUT, UNREACHABLE, LOST, TLS, PROTOCOL, REFUSED, BLOCKED, UNKNOWN_HOST ->
                new Addresses(List.of(), null);
          };
    };
  }
}
