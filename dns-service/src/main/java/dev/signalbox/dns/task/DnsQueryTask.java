package dev.signalbox.dns.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.BoundedLookups;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.resolver.ResolverLocator;
import dev.signalbox.dnsclient.resolver.ResolverLocator.Located;
import dev.signalbox.dnsclient.resolver.ResolverSpec;
import dev.signalbox.dnsclient.trace.Tracer;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs a request or a task {@code dns_query}: all its questions at once, each to each resolver. */
public final class DnsQueryTask {

  /** Kept back, so that the reply is still in time for a caller who waits no longer. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  private final DnsQueryParams params;
  private final DnsClient client;
  private final ResolverLocator locator;
  private final Tracer tracer;
  private final int mostQueries;

  /**
   * A task of one event loop.
   *
   * @param mostQueries that one task may lead to
   */
  public DnsQueryTask(
      DnsQueryParams params,
      DnsClient client,
      ResolverLocator locator,
      Tracer tracer,
      int mostQueries) {
    this.params = params;
    this.client = client;
    this.locator = locator;
    this.tracer = tracer;
    this.mostQueries = mostQueries;
  }

  /**
   * Runs a task.
   *
   * @param raw its parameters as they came
   * @param available how long the caller waits
   * @param cancellation ends it at once
   * @param trace what its queries are part of; null when not traced
   * @return fails only on a defect
   */
  public Future<TaskReply> run(
      Map<String, @Nullable Object> raw,
      Duration available,
      Cancellation cancellation,
      @Nullable TraceContext trace) {
    return switch (params.read(raw)) {
      case DnsQueryParams.Read.Refused refused ->
          Future.succeededFuture(new TaskReply.Failed(refused.error()));
      case DnsQueryParams.Read.Accepted(DnsQuery query) -> {
        Limits limits = limits(available, cancellation, trace);
        yield query.trace()
            ? trace(query, limits.atMost(query.timeout()))
            : run(query, limits, all -> DnsReplies.task(query, all));
      }
    };
  }

  /**
   * Answers a request.
   *
   * @param available how long the caller waits
   * @param cancellation ends it at once
   * @param trace what its queries are part of; null when not traced
   * @return fails as INVALID_REQUEST when the request breaks a rule
   */
  public Future<DnsQueryReply> run(
      DnsQueryRequest request,
      Duration available,
      Cancellation cancellation,
      @Nullable TraceContext trace) {
    return switch (params.read(request)) {
      case DnsQueryParams.Read.Refused refused ->
          Future.failedFuture(
              new ServiceException(
                  ErrorCode.INVALID_REQUEST, refused.error().message(), refused.problems()));
      case DnsQueryParams.Read.Accepted accepted ->
          run(
              accepted.query(),
              limits(available, cancellation, trace),
              all -> DnsReplies.reply(accepted.query(), all));
    };
  }

  private Limits limits(
      Duration available, Cancellation cancellation, @Nullable TraceContext trace) {
    return new Limits(
        System.nanoTime() + available.minus(MARGIN).toNanos(),
        new BoundedLookups(client.traced(trace), mostQueries),
        cancellation);
  }

  /**
   * What the task may use in all.
   *
   * @param deadlineNanos when it has to end, whatever has come of it
   * @param lookups through which everything is asked that the task leads to
   */
  private record Limits(long deadlineNanos, Lookups lookups, Cancellation cancellation) {

    Limits atMost(Duration timeout) {
      long end = System.nanoTime() + timeout.toNanos();
      return end - deadlineNanos < 0 ? new Limits(end, lookups, cancellation) : this;
    }

    /** One of several equal parts of the time that is left, from now on. */
    Limits part(int parts) {
      return atMost(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()) / parts));
    }

    RetryPolicy retryPolicy(int retries) {
      return new RetryPolicy(Math.max(0, deadlineNanos - System.nanoTime()), retries);
    }
  }

  private <T> Future<T> run(DnsQuery query, Limits available, Function<List<Asked>, T> conclusion) {
    Limits limits = available.atMost(query.timeout());
    if (!query.several()) {
      Future<Asked> single = single(query, limits);
      return query.follow()
          ? followed(query, List.of(single), limits).map(conclusion)
          : single.map(only -> conclusion.apply(List.of(only)));
    }
    List<Future<Asked>> all = new ArrayList<>();
    if (query.resolvers().isEmpty()) {
      all.addAll(askDefaults(query, limits));
    }
    for (ResolverSpec spec : query.resolvers()) {
      all.addAll(ask(query, spec, limits));
    }
    return followed(query, all, limits).map(conclusion);
  }

  private Future<TaskReply> trace(DnsQuery query, Limits limits) {
    Tracer.Request request =
        new Tracer.Request(
            query.questions().getFirst(),
            query.options(),
            query.plainAllowed(),
            query.traceFrom(),
            limits.retryPolicy(query.retries()));
    return tracer
        .trace(request, limits.lookups(), limits.cancellation())
        .map(trace -> DnsReplies.traced(query, trace));
  }

  /** All when they are there, and with them what they point to if the task wants that. */
  private Future<List<Asked>> followed(DnsQuery query, List<Future<Asked>> all, Limits limits) {
    Future<List<Asked>> asked = Future.all(all).map(done -> done.list());
    TargetFollower follower =
        new TargetFollower(
            (question, upstreams, parts) -> ask(query, question, upstreams, limits.part(parts)));
    return query.follow() ? asked.compose(follower::follow) : asked;
  }

  private Future<Asked> single(DnsQuery query, Limits limits) {
    return query.resolvers().isEmpty()
        ? askDefaults(query, limits).getFirst()
        : ask(query, query.resolvers().getFirst(), limits).getFirst();
  }

  private List<Future<Asked>> askDefaults(DnsQuery query, Limits limits) {
    List<Upstream> upstreams = client.defaults(query.protocol());
    List<Future<Asked>> all = new ArrayList<>(query.questions().size());
    for (Question question : query.questions()) {
      all.add(ask(query, question, upstreams, limits));
    }
    return all;
  }

  private List<Future<Asked>> ask(DnsQuery query, ResolverSpec spec, Limits limits) {
    Future<Located> located =
        locator.locate(
            spec, limits.retryPolicy(query.retries()), limits.lookups(), limits.cancellation());
    List<Future<Asked>> all = new ArrayList<>(query.questions().size());
    for (Question question : query.questions()) {
      // Known at once where the resolver is given by address: no future in between.
      all.add(
          located.succeeded()
              ? ask(query, question, spec, located.result(), limits)
              : located.compose(found -> ask(query, question, spec, found, limits)));
    }
    return all;
  }

  private Future<Asked> ask(
      DnsQuery query, Question question, ResolverSpec spec, Located located, Limits limits) {
    return switch (located) {
      case Located.Found found -> ask(query, question, List.of(found.upstream()), limits);
      case Located.NotUsable not ->
          Future.succeededFuture(
              new Asked(
                  question,
                  new LookupOutcome.Unanswered(
                      not.fault(), not.reason(), spec.label(), spec.protocol(), 0),
                  List.of()));
    };
  }

  private Future<Asked> ask(
      DnsQuery query, Question question, List<Upstream> upstreams, Limits limits) {
    RetryPolicy retryPolicy = limits.retryPolicy(query.retries());
    if (retryPolicy.timeoutNanos() <= 0 || limits.cancellation().requested()) {
      return Future.succeededFuture(new Asked(question, tooLate(upstreams.getFirst()), upstreams));
    }
    LookupRequest request =
        new LookupRequest(
            question,
            query.options(),
            query.plainAllowed(),
            upstreams,
            retryPolicy,
            query.cached());
    return query.validate()
        ? client
            .validate(request, limits.lookups(), limits.cancellation())
            .map(
                judged -> new Asked(question, judged.outcome(), upstreams).judged(judged.verdict()))
        : limits
            .lookups()
            .lookup(request, limits.cancellation())
            .map(outcome -> new Asked(question, outcome, upstreams));
  }

  private static LookupOutcome tooLate(Upstream upstream) {
    String reason = upstream.label() + " was not asked: no time left";
    return new LookupOutcome.Unanswered(
        Fault.TIMEOUT, reason, upstream.label(), upstream.protocol(), 0);
  }
}
