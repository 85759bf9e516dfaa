package dev.signalbox.dns.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.dns.DnsTraceStep;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.trace.Trace;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** How much of a trace's responses its report holds. */
class TraceRepliesTest {

  private static final Question QUESTION =
      new Question(Name.fromConstantString("a.test."), Type.TXT);

  @Test
  void givenRecordsOfMuchText_whenReported_thenFurtherStepsComeWithoutThem() {
    Message response = new Message();
    for (int i = 0; i < 60; i++) {
      response.addRecord(
          new TXTRecord(QUESTION.name(), DClass.IN, 60, i + "x".repeat(240)), Section.ANSWER);
    }
    response.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    Trace.Step step =
        new Trace.Step(
            Name.root, QUESTION, null, Trace.Outcome.ANSWER, List.of(), null, response, 63);
    Trace trace =
        new Trace(
            IntStream.range(0, 32).mapToObj(_ -> step).toList(),
            QUESTION,
            new Unanswered(Fault.TIMEOUT, "late", "192.0.2.1:53", Protocol.UDP, 1));

    List<DnsTraceStep> steps = TraceReplies.steps(trace);

    assertThat(steps).hasSize(32);
    assertThat(steps.getFirst().answers()).hasSize(60);
    assertThat(steps.getFirst().omitted()).isEqualTo(3);
    assertThat(steps.getLast().answers()).isEmpty();
    assertThat(steps.getLast().omitted()).isEqualTo(63);
    assertThat(
            steps.stream()
                .flatMap(each -> each.answers().stream())
                .mapToInt(record -> record.data().length())
                .sum())
        .isLessThan(300_000);
  }
}
