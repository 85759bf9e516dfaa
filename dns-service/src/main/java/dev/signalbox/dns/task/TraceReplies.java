package dev.signalbox.dns.task;

import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsTraceServer;
import dev.signalbox.contracts.dns.DnsTraceStep;
import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.trace.Trace;
import dev.signalbox.dnsclient.trace.Trace.Attempt;
import dev.signalbox.dnsclient.trace.Trace.Problem;
import dev.signalbox.dnsclient.trace.Trace.Step;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.Upstream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** The steps of a trace as a client sees them. */
final class TraceReplies {

  /** Characters of records in a trace, after which steps come without: 32 steps may be long. */
  private static final long MOST_TEXT = 262_144;

  private static final double NANOS_PER_MS = 1e6;

  private TraceReplies() {}

  static List<DnsTraceStep> steps(Trace trace) {
    List<DnsTraceStep> steps = new ArrayList<>();
    long room = MOST_TEXT;
    for (Step step : trace.steps()) {
      DnsTraceStep next = step(step, room > 0);
      room -= text(next.answers()) + text(next.authority()) + text(next.additional());
      steps.add(next);
    }
    return steps;
  }

  private static long text(List<DnsRecord> records) {
    long characters = 0;
    for (DnsRecord record : records) {
      characters += record.name().length() + record.data().length();
    }
    return characters;
  }

  private static DnsTraceStep step(Step step, boolean withRecords) {
    Message response = withRecords ? step.response() : null;
    List<DnsRecord> answers = records(response, Section.ANSWER);
    List<DnsRecord> authority = records(response, Section.AUTHORITY);
    List<DnsRecord> additional = records(response, Section.ADDITIONAL);
    return new DnsTraceStep(
        step.zone().toString(),
        new DnsQuestion(step.question().nameText(), step.question().typeText()),
        text(step.lookingFor()),
        step.outcome().name().toLowerCase(Locale.ROOT),
        step.attempts().stream().map(TraceReplies::server).toList(),
        text(step.next()),
        answers,
        authority,
        additional,
        step.records() - answers.size() - authority.size() - additional.size());
  }

  private static @Nullable String text(@Nullable Name name) {
    return name == null ? null : name.toString();
  }

  private static List<DnsRecord> records(@Nullable Message response, int section) {
    return response == null ? List.of() : AnswerReader.records(response, section);
  }

  private static DnsTraceServer server(Attempt attempt) {
    InetSocketAddress address = attempt.address();
    Integer rcode = attempt.rcode();
    Long elapsed = attempt.elapsedNanos();
    Problem problem = attempt.problem();
    return new DnsTraceServer(
        attempt.server(),
        address == null ? null : new Upstream(Protocol.UDP, address, "", "").label(),
        attempt.protocol(),
        rcode == null ? null : Rcode.string(rcode),
        elapsed == null ? null : elapsed / NANOS_PER_MS,
        problem == null ? null : problem.code(),
        problem == null ? null : problem.reason());
  }
}
