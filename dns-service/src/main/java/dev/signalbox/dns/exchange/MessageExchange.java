package dev.signalbox.dns.exchange;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.dns.task.CacheDefault;
import dev.signalbox.dns.task.TaskRules;
import dev.signalbox.dnsclient.DnsClient;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.message.RecordTypes;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/** Answers messages by asking the default resolvers. */
public final class MessageExchange {

  /** Kept back, so that the reply is still in time for a caller who waits no longer. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  private final DnsClient client;
  private final TaskRules rules;
  private final ExchangeReplies replies;

  /** An exchange of one event loop. */
  public MessageExchange(DnsClient client, TaskRules rules) {
    this.client = client;
    this.rules = rules;
    this.replies = new ExchangeReplies(rules.udpSize());
  }

  /**
   * Answers a message.
   *
   * @param wire the message, which may be anything
   * @param available how long the caller waits
   * @param cancellation ends it at once
   * @param trace what its query is part of; null when not traced
   * @return fails as INVALID_REQUEST when the message is no query
   */
  public Future<DnsExchangeReply> answer(
      byte[] wire, Duration available, Cancellation cancellation, @Nullable TraceContext trace) {
    return switch (ExchangeQuery.read(wire)) {
      case ExchangeQuery.Read.Refused refused ->
          Future.failedFuture(new ServiceException(ErrorCode.INVALID_REQUEST, refused.rule()));
      case ExchangeQuery.Read.NotImplemented other ->
          Future.succeededFuture(ExchangeReplies.notImplemented(other));
      case ExchangeQuery.Read.Accepted accepted ->
          answer(accepted.query(), available, cancellation, trace);
    };
  }

  private Future<DnsExchangeReply> answer(
      ExchangeQuery query,
      Duration available,
      Cancellation cancellation,
      @Nullable TraceContext trace) {
    OPTRecord opt = query.opt();
    if (opt != null && opt.getVersion() != 0) {
      // RFC 6891 section 6.1.3.
      return Future.succeededFuture(replies.refused(query, Rcode.BADVERS));
    }
    Record asked = query.question();
    int dnsClass = asked.getDClass();
    boolean known = dnsClass == DClass.IN || dnsClass == DClass.CH;
    if (!known || !RecordTypes.askable(asked.getType())) {
      return Future.succeededFuture(replies.refused(query, Rcode.NOTIMP));
    }
    Question question = new Question(asked.getName(), asked.getType(), dnsClass);
    return client
        .traced(trace)
        .lookup(
            new LookupRequest(
                question,
                query.options(rules.udpSize()),
                !query.dnssecOk(),
                client.defaults(Protocol.UDP),
                retryPolicy(available),
                rules.cacheDefault() != CacheDefault.OFF),
            cancellation)
        .map(outcome -> reply(query, question, outcome));
  }

  private RetryPolicy retryPolicy(Duration available) {
    Duration reachable = available.minus(MARGIN);
    Duration timeout = rules.timeout().compareTo(reachable) < 0 ? rules.timeout() : reachable;
    return new RetryPolicy(Math.max(0, timeout.toNanos()), rules.retries());
  }

  private DnsExchangeReply reply(ExchangeQuery query, Question question, LookupOutcome outcome) {
    return switch (outcome) {
      case LookupOutcome.Answered answered -> replies.answered(query, question, answered);
      case LookupOutcome.Unanswered unanswered -> replies.unanswered(query, unanswered);
    };
  }
}
