package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.EncodedQuery;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.InFlight;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.Received;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.dnsclient.transport.Revocable;
import dev.signalbox.dnsclient.transport.TransportException;
import dev.signalbox.dnsclient.transport.Upstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * One question on its way: from resolver to resolver, from UDP to TCP, from EDNS to none, within
 * one deadline. Each step either ends it or makes the next one.
 */
public final class Lookup {

  private final LookupRequest request;
  private final Transports transports;
  private final Promise<LookupOutcome> promise;
  private final long deadlineNanos;
  private @Nullable Revocable current;
  private EncodedQuery query;
  private boolean plain;
  private boolean tcpFallback;
  private int next;
  // Read by those on other event loops who leave a question they share.
  private final AtomicInteger attempts = new AtomicInteger();
  private int reconnects;
  private int queries;
  private LookupOutcome.@Nullable Answered refusal;

  Lookup(LookupRequest request, Transports transports, Promise<LookupOutcome> promise) {
    this.request = request;
    this.transports = transports;
    this.promise = promise;
    this.deadlineNanos = System.nanoTime() + request.retryPolicy().timeoutNanos();
    this.query = EncodedQuery.of(request.question(), request.options());
  }

  void start() {
    ask(request.upstreams().getFirst());
  }

  /** How it ends. */
  public Future<LookupOutcome> outcome() {
    return promise.future();
  }

  /** Messages sent and connections tried so far, the query under way not counted. */
  public int attempts() {
    return attempts.get();
  }

  /** When it ends at the latest, in terms of {@link System#nanoTime()}. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** Gives it up; what it holds is free at once. Harmless when it has ended. */
  public void cancel() {
    Revocable sent = current;
    if (sent != null) {
      sent.cancel();
    }
  }

  private void ask(Upstream upstream) {
    long left = deadlineNanos - System.nanoTime();
    // Each resolver still to come gets an equal share of what is left.
    long share = left / (request.upstreams().size() - next);
    if (share <= 0) {
      attempts.incrementAndGet();
      failed(upstream, new TransportException(Fault.TIMEOUT, "did not answer in time", 0));
      return;
    }
    if (!transports.rates().limited()) {
      send(upstream, share);
      return;
    }
    long end = System.nanoTime() + share;
    Revocable turn =
        transports
            .rates()
            .take(
                upstream.address().getAddress(),
                end,
                () -> send(upstream, Math.max(0, end - System.nanoTime())),
                refusal -> failed(upstream, refusal));
    if (turn != null) {
      current = turn;
    }
  }

  private void send(Upstream upstream, long nanos) {
    @Nullable QuerySpan span = QuerySpan.start(request, upstream, ++queries);
    InFlight sent =
        transports
            .of(upstream.protocol())
            .exchange(query, upstream, new RetryPolicy(nanos, request.retryPolicy().retries()));
    current = sent;
    sent.answer()
        .onComplete(
            received -> {
              if (span != null) {
                span.answered(received);
              }
              answered(upstream, received);
            },
            cause -> {
              if (span != null) {
                span.failed(cause);
              }
              if (cause instanceof TransportException failure) {
                attempts.addAndGet(failure.attempts());
                failed(upstream, failure);
              } else {
                promise.tryFail(cause);
              }
            });
  }

  private void answered(Upstream upstream, Received received) {
    attempts.addAndGet(received.attempts());
    Message message = AnswerReader.decode(received.wire());
    boolean whole =
        message != null && received.caseKept() && !message.getHeader().getFlag(Flags.TC);
    if (upstream.protocol() == Protocol.UDP && !whole) {
      // Cut short (RFC 7766 section 5), unreadable as a datagram too large is, or possibly forged:
      // TCP settles all three.
      tcpFallback = true;
      ask(upstream.by(Protocol.TCP));
      return;
    }
    if (message == null) {
      failed(upstream, new TransportException(Fault.PROTOCOL, "sent an unreadable message", 0));
      return;
    }
    if (refusesEdns(message)) {
      plain = true;
      query = EncodedQuery.of(request.question(), request.options().withoutEdns());
      ask(upstream);
      return;
    }
    settle(
        new LookupOutcome.Answered(
            message,
            received.wire(),
            upstream.label(),
            upstream.protocol(),
            tcpFallback,
            attempts.get(),
            received.timings(),
            false));
  }

  // RFC 6891 section 7: a server from before EDNS answers FORMERR, without an OPT record.
  private boolean refusesEdns(Message message) {
    QueryOptions options = request.options();
    int rcode = message.getHeader().getRcode();
    return !plain
        && request.plainAllowed()
        && options.edns() != null
        && message.getOPT() == null
        && (rcode == Rcode.FORMERR || rcode == Rcode.NOTIMP);
  }

  private void settle(LookupOutcome.Answered answer) {
    int rcode = answer.message().getRcode();
    boolean refused = rcode == Rcode.SERVFAIL || rcode == Rcode.REFUSED || rcode == Rcode.NOTIMP;
    if (refused && hasNext()) {
      refusal = answer;
      askNext();
    } else {
      promise.complete(answer);
    }
  }

  private void failed(Upstream upstream, TransportException failure) {
    if (failure.fault() == Fault.CANCELLED) {
      unanswered(upstream, failure);
    } else if (failure.fault() == Fault.LOST && reconnects < request.retryPolicy().retries()) {
      // A server may close a connection at any time (RFC 7766 section 6.2.4): the next one is new.
      reconnects++;
      ask(upstream);
    } else if (hasNext()) {
      askNext();
    } else if (refusal != null) {
      promise.complete(refusal);
    } else {
      unanswered(upstream, failure);
    }
  }

  private void unanswered(Upstream upstream, TransportException failure) {
    String resolver = upstream.label();
    promise.complete(
        new LookupOutcome.Unanswered(
            failure.fault(),
            resolver + " " + failure.getMessage(),
            resolver,
            upstream.protocol(),
            attempts.get()));
  }

  private boolean hasNext() {
    return next + 1 < request.upstreams().size();
  }

  private void askNext() {
    next++;
    reconnects = 0;
    tcpFallback = false;
    if (plain) {
      plain = false;
      query = EncodedQuery.of(request.question(), request.options());
    }
    ask(request.upstreams().get(next));
  }
}
