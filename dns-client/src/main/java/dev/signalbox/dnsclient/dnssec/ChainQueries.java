package dev.signalbox.dnsclient.dnssec;

import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.EdnsOptions;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.resolver.Lookups;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.TSIG;

/**
 * The queries of one validation, the first of them the question itself: sent on the event loop, to
 * the resolvers of the question, and answered on the workers, where signatures are verified.
 */
final class ChainQueries implements Resolver {

  private final ContextInternal context;
  private final Lookups lookups;
  private final LookupRequest request;
  private final Cancellation cancellation;
  private final Executor workers;
  private final int most;
  private final long deadlineNanos;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile @Nullable LookupOutcome first;

  ChainQueries(
      ContextInternal context,
      Lookups lookups,
      LookupRequest request,
      Cancellation cancellation,
      Executor workers,
      int most) {
    this.context = context;
    this.lookups = lookups;
    this.request = request;
    this.cancellation = cancellation;
    this.workers = workers;
    this.most = most;
    this.deadlineNanos = System.nanoTime() + request.retryPolicy().timeoutNanos();
  }

  /** The outcome of the question itself; null while there is none. */
  @Nullable LookupOutcome first() {
    return first;
  }

  /** Why a chain cannot be followed; a value, so without a stack trace. */
  static final class BrokenOff extends Exception {

    private static final long serialVersionUID = 1L;

    BrokenOff(String reason) {
      super(reason, null, false, false);
    }
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query, Executor unused) {
    return sendAsync(query);
  }

  @Override
  public CompletionStage<Message> sendAsync(Message query) {
    CompletableFuture<Message> answer = new CompletableFuture<>();
    int number = asked.incrementAndGet();
    boolean question = number == 1;
    Record record = query.getQuestion();
    if (number > most) {
      answer.completeExceptionally(
          new BrokenOff("the chain of trust needs more than " + most + " queries"));
      return answer;
    }
    LookupRequest sent = request(new Question(record.getName(), record.getType()), question);
    context.runOnContext(_ ->
        lookups
            .lookup(sent, cancellation)
            .onComplete(done -> {
              if (question) {
                first = done.result();
              }
              answer(sent.question(), done.result(), answer);
            }));
    return answer;
  }

  private void answer(
      Question question, @Nullable LookupOutcome outcome, CompletableFuture<Message> answer) {
    try {
      workers.execute(() -> told(question, outcome, answer));
    } catch (RejectedExecutionException _) {
      answer.completeExceptionally(new BrokenOff("stopping"));
    }
  }

  private LookupRequest request(Question question, boolean itself) {
    QueryOptions wanted = request.options();
    EdnsOptions edns = wanted.edns();
    EdnsOptions plain =
        edns == null
            ? new EdnsOptions(EdnsOptions.MIN_UDP_SIZE, null, false)
            : new EdnsOptions(edns.udpSize(), null, false);
    return new LookupRequest(
        question,
        // CD: what the resolver holds for bogus is to be judged here.
        new QueryOptions(true, true, true, itself && edns != null ? edns : plain),
        false,
        request.upstreams(),
        new RetryPolicy(
            Math.max(0, deadlineNanos - System.nanoTime()), request.retryPolicy().retries()),
        request.cached());
  }

  private static void told(
      Question question, @Nullable LookupOutcome outcome, CompletableFuture<Message> answer) {
    switch (outcome) {
      case Answered answered -> {
        int rcode = answered.message().getRcode();
        // Decoded again, for validation changes what it is given.
        Message own = AnswerReader.decode(answered.wire());
        if (own == null || (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN)) {
          answer.completeExceptionally(
              new BrokenOff(
                  answered.resolver()
                      + " answered "
                      + Rcode.string(rcode)
                      + " when asked for "
                      + question.nameText()
                      + " "
                      + question.typeText()));
        } else {
          answer.complete(own);
        }
      }
      case Unanswered unanswered ->
          answer.completeExceptionally(new BrokenOff(unanswered.reason()));
      case null -> answer.completeExceptionally(new BrokenOff("the look-up failed"));
    }
  }

  @Override
  public void setPort(int port) {
    // The request has the resolvers and the options; likewise below.
  }

  @Override
  public void setTCP(boolean flag) {
    // See above.
  }

  @Override
  public void setIgnoreTruncation(boolean flag) {
    // See above.
  }

  @Override
  public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {
    // See above.
  }

  @Override
  public void setTSIGKey(TSIG key) {
    // See above.
  }

  @Override
  public void setTimeout(Duration timeout) {
    // See above.
  }
}
