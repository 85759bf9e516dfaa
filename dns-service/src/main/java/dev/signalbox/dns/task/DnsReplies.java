package dev.signalbox.dns.task;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsResults;
import dev.signalbox.contracts.dns.DnsSecurity;
import dev.signalbox.contracts.dns.DnsTraceStep;
import dev.signalbox.dns.task.Asked.Followed;
import dev.signalbox.dnsclient.dnssec.Verdict;
import dev.signalbox.dnsclient.message.AliasChain;
import dev.signalbox.dnsclient.message.AnswerAddresses;
import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.EdnsReader;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.trace.Trace;
import dev.signalbox.dnsclient.transport.Fault;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Replies made of outcomes. */
final class DnsReplies {

  private static final String UNRESOLVED = "Failed to resolve domain: ";

  private DnsReplies() {}

  /** What an operation is answered with. */
  static DnsQueryReply reply(DnsQuery query, List<Asked> all) {
    List<Outcome> outcomes = new ArrayList<>(all.size());
    for (Asked asked : all) {
      outcomes.add(
          switch (asked.outcome()) {
            case Answered answered -> new Outcome.Answered(result(query, asked, answered, null));
            case Unanswered unanswered ->
                new Outcome.Unanswered(
                    failure(query, asked, unanswered, error(query.domain(), unanswered)));
          });
    }
    return new DnsQueryReply(outcomes);
  }

  /** What a task is answered with. */
  static TaskReply task(DnsQuery query, List<Asked> all) {
    return query.several() ? several(query, all) : one(query, all.getFirst());
  }

  private static TaskReply one(DnsQuery query, Asked asked) {
    return switch (asked.outcome()) {
      case Answered answered -> finished(query, asked, answered);
      case Unanswered unanswered -> new TaskReply.Failed(error(query.domain(), unanswered));
    };
  }

  private static TaskReply finished(DnsQuery query, Asked asked, Answered answered) {
    DnsResult result = result(query, asked, answered, null);
    return new TaskReply.Finished(result, finding(query, asked, answered, result.ipAddress()));
  }

  static TaskReply traced(DnsQuery query, Trace trace) {
    List<DnsTraceStep> steps = TraceReplies.steps(trace);
    Asked last = new Asked(trace.question(), trace.outcome(), List.of());
    return switch (trace.outcome()) {
      case Answered answered -> {
        DnsResult result = result(query, last, answered, steps);
        yield new TaskReply.Finished(result, finding(query, last, answered, result.ipAddress()));
      }
      case Unanswered unanswered ->
          new TaskReply.Failed(
              error(query.domain(), unanswered).withDetails(Map.of("trace", steps)));
    };
  }

  private static TaskReply several(DnsQuery query, List<Asked> all) {
    List<Object> items = new ArrayList<>(all.size());
    TaskError firstError = null;
    String finding = null;
    String address = null;
    boolean answeredAny = false;
    boolean resolvedAny = false;
    for (Asked asked : all) {
      switch (asked.outcome()) {
        case Answered answered -> {
          DnsResult result = result(query, asked, answered, null);
          items.add(result);
          answeredAny = true;
          address = address == null ? result.ipAddress() : address;
          String problem = finding(query, asked, answered, result.ipAddress());
          resolvedAny |= problem == null;
          finding = finding == null ? problem : finding;
        }
        case Unanswered unanswered -> {
          TaskError error = error(query.domain(), unanswered);
          firstError = firstError == null ? error : firstError;
          items.add(failure(query, asked, unanswered, error));
        }
      }
    }
    if (!answeredAny && firstError != null) {
      return new TaskReply.Failed(firstError);
    }
    return new TaskReply.Finished(
        new DnsResults(query.domain(), address, items), resolvedAny ? null : finding);
  }

  private static DnsResult result(
      DnsQuery query, Asked asked, Answered answered, @Nullable List<DnsTraceStep> trace) {
    Followed followed = asked.followed();
    Message message = answered.message();
    int rcode = message.getRcode();
    return new DnsResult(
        query.domain(),
        firstAddress(message, asked.question()),
        Rcode.string(rcode),
        rcode,
        AnswerReader.flags(message),
        AnswerReader.questions(message),
        AnswerReader.records(message, Section.ANSWER),
        AnswerReader.records(message, Section.AUTHORITY),
        AnswerReader.records(message, Section.ADDITIONAL),
        AnswerReader.malformed(message),
        EdnsReader.read(message),
        security(asked.verdict()),
        answered.resolver(),
        answered.protocol().text(),
        answered.tcpFallback(),
        answered.attempts(),
        answered.cached(),
        answered.timings(),
        trace,
        followed == null ? null : followed.names(),
        followed == null ? null : followed.left());
  }

  static @Nullable DnsSecurity security(@Nullable Verdict verdict) {
    return verdict == null ? null : new DnsSecurity(verdict.status().text(), verdict.reason());
  }

  private static DnsFailure failure(
      DnsQuery query, Asked asked, Unanswered unanswered, TaskError error) {
    return new DnsFailure(
        query.domain(),
        List.of(new DnsQuestion(asked.question().nameText(), asked.question().typeText())),
        unanswered.resolver(),
        unanswered.protocol().text(),
        unanswered.attempts(),
        error);
  }

  /** What the classic face calls an error; null when the name resolved. */
  private static @Nullable String finding(
      DnsQuery query, Asked asked, Answered answered, @Nullable String address) {
    Message message = answered.message();
    int rcode = message.getRcode();
    // A trace ends at another name than the one it begins at.
    Question first = query.trace() ? query.questions().getFirst() : asked.question();
    String failure =
        AliasChain.of(message, asked.question()).failure(query.domain(), first.name(), rcode);
    if (failure != null) {
      return UNRESOLVED
          + failure
          + (rcode == Rcode.NOERROR ? "" : " (" + Rcode.string(rcode) + ")");
    }
    if (rcode != Rcode.NOERROR) {
      return UNRESOLVED
          + query.domain()
          + ": "
          + answered.resolver()
          + " answered "
          + Rcode.string(rcode);
    }
    Verdict verdict = asked.verdict();
    if (verdict != null && verdict.status() == Verdict.Status.BOGUS) {
      return UNRESOLVED + query.domain() + " is bogus: " + verdict.reason();
    }
    return asked.question().type() == Type.A && address == null
        ? UNRESOLVED + query.domain() + " has no IPv4 address"
        : null;
  }

  static TaskError error(String domain, Unanswered unanswered) {
    Fault fault = unanswered.fault();
    return new TaskError(
        fault.code(),
        UNRESOLVED + domain + ": " + unanswered.reason(),
        fault.phase(),
        fault == Fault.OVERLOADED || fault == Fault.LIMIT ? "internal" : "resolver",
        fault.retryable());
  }

  private static @Nullable String firstAddress(Message message, Question question) {
    for (InetAddress address : AnswerAddresses.of(message, question)) {
      if (address instanceof Inet4Address) {
        return address.getHostAddress();
      }
    }
    return null;
  }
}
