package dev.signalbox.dnsclient.host;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.host.HostAddresses.Source;
import dev.signalbox.dnsclient.message.AliasChain;
import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.DefaultResolvers;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * The addresses of a host: what it says itself when it is an address, then the hosts file, then
 * {@code localhost}, then the default resolvers for both families at once. No search list.
 */
public final class HostLookup {

  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  // Names whose last label is a number are addresses in some notation to other programs.
  private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?([0-9]+|0[xX][0-9A-Fa-f]*)\\.?");

  private final Lookups lookups;
  private final DefaultResolvers defaults;
  private final HostsFile hosts;
  private final QueryOptions options;
  private final RetryPolicy longest;

  /** The question for one family of addresses, and how it ended. */
  private record Asked(Question question, LookupOutcome outcome) {}

  /**
   * A lookup by default resolvers.
   *
   * @param options how to ask them
   * @param longest how long one question may take and how often it is repeated
   */
  public HostLookup(
      Lookups lookups,
      DefaultResolvers defaults,
      HostsFile hosts,
      QueryOptions options,
      RetryPolicy longest) {
    this.lookups = lookups;
    this.defaults = defaults;
    this.hosts = hosts;
    this.options = options;
    this.longest = longest;
  }

  /** The same look-ups as part of a trace; null when nothing is traced. */
  public HostLookup traced(@Nullable TraceContext trace) {
    return trace == null
        ? this
        : new HostLookup(lookups.traced(trace), defaults, hosts, options, longest);
  }

  /**
   * The addresses of a host, from the cache where it holds them.
   *
   * @param host an address without brackets, or a name in any script
   * @param deadlineNanos when the caller stops waiting, in terms of {@link System#nanoTime()}
   * @param cancellation ends it at once, as {@link HostAddresses.Unknown}
   * @return fails only on a defect
   */
  public Future<HostAddresses> addresses(
      String host, long deadlineNanos, Cancellation cancellation) {
    return addresses(host, true, deadlineNanos, cancellation);
  }

  /** The same; {@code cached} tells whether the cache may be used. */
  public Future<HostAddresses> addresses(
      String host, boolean cached, long deadlineNanos, Cancellation cancellation) {
    InetAddress literal = IpLiteral.parse(host).orElse(null);
    if (literal != null) {
      return found(List.of(literal), Source.LITERAL);
    }
    Name name;
    try {
      name = DomainNames.parse(host);
    } catch (IllegalArgumentException rule) {
      return Future.succeededFuture(new HostAddresses.None(false, "the host " + rule.getMessage()));
    }
    String text = name.toString(true).toLowerCase(Locale.ROOT);
    if (NUMERIC.matcher(text).matches()) {
      return Future.succeededFuture(
          new HostAddresses.None(false, text + " is neither an address nor a name"));
    }
    List<InetAddress> known = hosts.addresses(text);
    if (!known.isEmpty()) {
      return found(known, Source.HOSTS_FILE);
    }
    if (text.equals("localhost") || text.endsWith(".localhost")) {
      return found(LOOPBACK, Source.LOCALHOST);
    }
    return ask(name, cached, deadlineNanos, cancellation);
  }

  private static Future<HostAddresses> found(List<InetAddress> addresses, Source source) {
    return Future.succeededFuture(new HostAddresses.Found(addresses, source, null));
  }

  private Future<HostAddresses> ask(
      Name name, boolean cached, long deadlineNanos, Cancellation cancellation) {
    Question v4 = new Question(name, Type.A);
    Question v6 = new Question(name, Type.AAAA);
    Future<LookupOutcome> first = ask(v4, cached, deadlineNanos, cancellation);
    Future<LookupOutcome> second = ask(v6, cached, deadlineNanos, cancellation);
    return Future.all(first, second)
        .map(_ ->
            addresses(
                name, List.of(new Asked(v4, first.result()), new Asked(v6, second.result()))));
  }

  private Future<LookupOutcome> ask(
      Question question, boolean cached, long deadlineNanos, Cancellation cancellation) {
    long left = Math.clamp(deadlineNanos - System.nanoTime(), 0, longest.timeoutNanos());
    RetryPolicy retryPolicy = new RetryPolicy(left, longest.retries());
    return lookups.lookup(
        new LookupRequest(
            question, options, true, defaults.upstreams(Protocol.UDP), retryPolicy, cached),
        cancellation);
  }

  private static HostAddresses addresses(Name name, List<Asked> families) {
    List<InetAddress> addresses = new ArrayList<>();
    Unanswered unanswered = null;
    String refused = null;
    boolean exists = true;
    String missing = null;
    boolean kept = true;
    for (Asked asked : families) {
      switch (asked.outcome()) {
        case Unanswered not -> unanswered = unanswered == null ? not : unanswered;
        case Answered answered -> {
          int rcode = answered.message().getRcode();
          addresses.addAll(AnswerAddresses.of(answered.message(), asked.question()));
          exists &= rcode != Rcode.NXDOMAIN;
          String failure =
              AliasChain.of(answered.message(), asked.question())
                  .failure(name.toString(true), name, rcode);
          if (failure != null && (missing == null || rcode == Rcode.NXDOMAIN)) {
            missing = failure;
          }
          kept &= answered.cached();
          if (rcode != Rcode.NOERROR && failure == null && refused == null) {
            refused = answered.resolver() + " answered " + Rcode.string(rcode);
          }
        }
      }
    }
    String problem = unanswered == null ? refused : unanswered.reason();
    if (!addresses.isEmpty()) {
      return new HostAddresses.Found(addresses, kept ? Source.CACHE : Source.RESOLVER, problem);
    }
    String reason = missing == null ? name.toString(true) + " has no address" : missing;
    return none(new HostAddresses.None(exists, reason), unanswered, problem);
  }

  private static HostAddresses none(
      HostAddresses.None none, @Nullable Unanswered unanswered, @Nullable String problem) {
    if (!none.exists()) {
      return none;
    }
    if (unanswered != null) {
      return new HostAddresses.Unknown(unanswered.fault(), unanswered.reason());
    }
    return problem == null ? none : new HostAddresses.Unknown(Fault.REFUSED, problem);
  }
}
