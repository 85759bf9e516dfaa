package dev.signalbox.dnsclient.dnssec;

import dev.signalbox.dnsclient.dnssec.Verdict.Status;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.TimerWheel;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * Asks questions and follows the chain of trust of their answers. Used from one event loop;
 * signatures are verified on threads of its own.
 */
public final class Validator {

  /**
   * How much validation may use.
   *
   * @param inFlight validations under way
   * @param queries of one validation
   * @param threads that verify signatures
   */
  public record Limits(int inFlight, int queries, int threads) {}

  private static final long IDLE_SECONDS = 10;

  private final ContextInternal context;
  private final TimerWheel wheel;
  private final TrustAnchors anchors;
  private final Limits limits;
  private final ThreadPoolExecutor workers;
  private int inFlight;

  /** A validator of one event loop. */
  public Validator(ContextInternal context, TimerWheel wheel, TrustAnchors anchors, Limits limits) {
    this.context = context;
    this.wheel = wheel;
    this.anchors = anchors;
    this.limits = limits;
    // Each validation has one step at a time in the queue, so that it is bounded by inFlight.
    this.workers =
        new ThreadPoolExecutor(
            limits.threads(),
            limits.threads(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("dnssec-", 0).factory());
    workers.allowCoreThreadTimeOut(true);
  }

  /**
   * Asks a question, with DO and CD whatever its options say, and judges the answer. Everything
   * together takes no longer than the timeout of the request.
   *
   * @param lookups ask the question, and what the chain of trust needs
   * @param cancellation ends it as {@code CANCELLED}
   * @return fails only on a defect
   */
  public Future<Validated> validate(
      LookupRequest request, Lookups lookups, Cancellation cancellation) {
    if (inFlight >= limits.inFlight()) {
      return context.succeededFuture(
          new Validated(
              unanswered(request, Fault.OVERLOADED, "was not asked: too many validations"), null));
    }
    inFlight++;
    ChainQueries queries =
        new ChainQueries(context, lookups, request, cancellation, workers, limits.queries());
    Promise<Validated> promise = context.promise();
    Deadline deadline = new Deadline(request, queries, promise);
    wheel.arm(deadline, request.retryPolicy().timeoutNanos());
    try {
      workers.execute(() -> begin(request, queries, promise));
    } catch (RejectedExecutionException _) {
      inFlight--;
      promise.tryComplete(
          new Validated(
              unanswered(request, Fault.OVERLOADED, "was not asked: the client is shutting down"),
              null));
    }
    return promise.future().onComplete(_ -> wheel.disarm(deadline));
  }

  private void begin(LookupRequest request, ChainQueries queries, Promise<Validated> promise) {
    try {
      ValidatingResolver resolver = new ValidatingResolver(queries);
      anchors.into(resolver);
      Message query =
          Message.newQuery(
              Record.newRecord(request.question().name(), request.question().type(), DClass.IN));
      resolver
          .sendAsync(query, workers)
          .whenComplete((answer, failure) -> end(request, queries, promise, answer, failure));
    } catch (RuntimeException e) {
      end(request, queries, promise, null, e);
    }
  }

  private void end(
      LookupRequest request,
      ChainQueries queries,
      Promise<Validated> promise,
      @Nullable Message answer,
      @Nullable Throwable failure) {
    Verdict verdict = verdict(request, answer, failure);
    context.runOnContext(_ -> {
      inFlight--;
      promise.tryComplete(judged(request, queries, verdict));
    });
  }

  private static Validated judged(LookupRequest request, ChainQueries queries, Verdict verdict) {
    LookupOutcome first = queries.first();
    return switch (first) {
      case Answered answered -> new Validated(answered, verdict);
      case Unanswered unanswered -> new Validated(unanswered, null);
      case null ->
          new Validated(unanswered(request, Fault.TIMEOUT, "did not answer in time"), null);
    };
  }

  private static Unanswered unanswered(LookupRequest request, Fault fault, String reason) {
    Upstream upstream = request.upstreams().getFirst();
    return new Unanswered(
        fault, upstream.label() + " " + reason, upstream.label(), upstream.protocol(), 0);
  }

  private static Verdict verdict(
      LookupRequest request, @Nullable Message answer, @Nullable Throwable failure) {
    if (answer == null) {
      return new Verdict(Status.INDETERMINATE, reason(failure));
    }
    if (answer.getHeader().getFlag(Flags.AD)) {
      return new Verdict(Status.SECURE, null);
    }
    if (request.question().type() == Type.RRSIG) {
      return new Verdict(Status.INDETERMINATE, "signatures are not signed themselves");
    }
    // Other codes have ended the chain before: this one is the validator's own.
    Status status =
        answer.getHeader().getRcode() == Rcode.SERVFAIL ? Status.BOGUS : Status.INSECURE;
    return new Verdict(status, reason(answer));
  }

  private static String reason(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ChainQueries.BrokenOff
        ? String.valueOf(cause.getMessage())
        : "the chain of trust cannot be followed";
  }

  private static @Nullable String reason(Message answer) {
    for (Record record : answer.getSection(Section.ADDITIONAL)) {
      if (record instanceof TXTRecord text
          && record.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS) {
        return String.join("", text.getStrings());
      }
    }
    return null;
  }

  /** Validations under way. */
  public int inFlight() {
    return inFlight;
  }

  /** Verifies nothing any more. */
  public void close() {
    workers.shutdown();
  }

  private static final class Deadline extends TimerWheel.Timeout {

    private final LookupRequest request;
    private final ChainQueries queries;
    private final Promise<Validated> promise;

    Deadline(LookupRequest request, ChainQueries queries, Promise<Validated> promise) {
      this.request = request;
      this.queries = queries;
      this.promise = promise;
    }

    @Override
    protected void expired() {
      promise.tryComplete(
          judged(
              request,
              queries,
              new Verdict(Status.INDETERMINATE, "there was no time to follow the chain of trust")));
    }
  }
}
