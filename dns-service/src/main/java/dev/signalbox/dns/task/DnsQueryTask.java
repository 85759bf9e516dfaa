package dev.signalbox.dns.task;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.DefaultResolvers;
import dev.signalbox.dnsclient.resolver.DnsResolver;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.ResolverLocator;
import dev.signalbox.dnsclient.resolver.ResolverLocator.Located;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Patience;
import dev.signalbox.dnsclient.transport.Upstream;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs {@code dns_query}: all its questions at once, each to each resolver. */
public final class DnsQueryTask {

  /** Kept back, so that the reply is still in time for a caller who waits no longer. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  private final DnsQueryParams params;
  private final DnsResolver resolver;
  private final DefaultResolvers defaults;
  private final ResolverLocator locator;

  /** A task of one event loop. */
  public DnsQueryTask(
      DnsQueryParams params,
      DnsResolver resolver,
      DefaultResolvers defaults,
      ResolverLocator locator) {
    this.params = params;
    this.resolver = resolver;
    this.defaults = defaults;
    this.locator = locator;
  }

  /**
   * Runs a task.
   *
   * @param raw its parameters as they came
   * @param available how long the caller waits
   * @return fails only on a defect
   */
  public Future<TaskReply> run(Map<String, @Nullable Object> raw, Duration available) {
    return switch (params.read(raw)) {
      case DnsQueryParams.Read.Refused refused ->
          Future.succeededFuture(new TaskReply.Failed(refused.error()));
      case DnsQueryParams.Read.Accepted accepted -> run(accepted.query(), available);
    };
  }

  private Future<TaskReply> run(DnsQuery query, Duration available) {
    Duration reachable = available.minus(MARGIN);
    Duration timeout = query.timeout().compareTo(reachable) < 0 ? query.timeout() : reachable;
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!query.several()) {
      return single(query, deadline).map(only -> DnsReplies.one(query, only));
    }
    List<Future<Asked>> all = new ArrayList<>();
    if (query.resolvers().isEmpty()) {
      all.addAll(askDefaults(query, deadline));
    }
    for (ResolverSpec spec : query.resolvers()) {
      all.addAll(ask(query, spec, deadline));
    }
    return Future.all(all).map(done -> DnsReplies.several(query, done.list()));
  }

  private Future<Asked> single(DnsQuery query, long deadline) {
    return query.resolvers().isEmpty()
        ? askDefaults(query, deadline).getFirst()
        : ask(query, query.resolvers().getFirst(), deadline).getFirst();
  }

  private List<Future<Asked>> askDefaults(DnsQuery query, long deadline) {
    List<Upstream> upstreams = defaults.upstreams(query.protocol());
    return query.questions().stream()
        .map(question -> ask(query, question, upstreams, deadline))
        .toList();
  }

  private List<Future<Asked>> ask(DnsQuery query, ResolverSpec spec, long deadline) {
    Future<Located> located = locator.locate(spec, patience(query, deadline));
    return query.questions().stream()
        .map(question -> located.compose(found -> ask(query, question, spec, found, deadline)))
        .toList();
  }

  private Future<Asked> ask(
      DnsQuery query, Question question, ResolverSpec spec, Located located, long deadline) {
    return switch (located) {
      case Located.Found found -> ask(query, question, List.of(found.upstream()), deadline);
      case Located.NotUsable not ->
          Future.succeededFuture(
              new Asked(
                  question,
                  new LookupOutcome.Unanswered(
                      not.fault(), not.reason(), spec.label(), spec.protocol(), 0)));
    };
  }

  private Future<Asked> ask(
      DnsQuery query, Question question, List<Upstream> upstreams, long deadline) {
    Patience patience = patience(query, deadline);
    if (patience.timeoutNanos() <= 0) {
      Upstream first = upstreams.getFirst();
      String reason = first.label() + " was not asked: no time left";
      return Future.succeededFuture(
          new Asked(
              question,
              new LookupOutcome.Unanswered(
                  Fault.TIMEOUT, reason, first.label(), first.protocol(), 0)));
    }
    return resolver
        .lookup(
            new LookupRequest(question, query.options(), query.plainAllowed(), upstreams, patience))
        .map(outcome -> new Asked(question, outcome));
  }

  private static Patience patience(DnsQuery query, long deadline) {
    return new Patience(Math.max(0, deadline - System.nanoTime()), query.retries());
  }
}
