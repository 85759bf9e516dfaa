package dev.signalbox.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepServiceTest {

  private static FakeDnsServer dns;
  private static TestNode node;

  @BeforeAll
  static void start() {
    dns =
        FakeDnsServer.start()
            .record("1.2.0.192.in-addr.arpa. 60 IN PTR a.test.")
            .record("254.2.0.192.in-addr.arpa. 60 IN PTR b.test.");
    node =
        TestNode.start(
            List.of(DnsMain.SERVICE, SweepMain.SERVICE),
            Map.of(
                "resolver.upstreams", dns.resolver(),
                "guard.allow-private", "true",
                "platform.threads", "1"));
  }

  @AfterAll
  static void stop() {
    node.close();
    dns.close();
  }

  @Test
  void givenABlockWithTwoNames_whenItIsSwept_thenBothAreFoundInTheirOrder() {
    SweepReply reply = node.call(SweepContract.REVERSE, new SweepRequest("192.0.2.0/24"));

    assertThat(reply.names())
        .containsExactly(
            new SweepReply.Name("192.0.2.1", "a.test."),
            new SweepReply.Name("192.0.2.254", "b.test."));
    assertThat(reply.unanswered()).isZero();
    assertThat(reply.skipped()).isZero();
  }

  @Test
  void givenABlock_whenItIsSweptByATask_thenTheResultIsTheSame() {
    TaskReply reply =
        node.call(
            SweepContract.REVERSE_TASK,
            new TaskRequest("reverse_sweep", Map.of("block", "192.0.2.0/24")));

    assertThat(reply)
        .isEqualTo(
            TaskReply.Finished.of(
                node.call(SweepContract.REVERSE, new SweepRequest("192.0.2.0/24"))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.0", "192.0.2.0/25", "192.0.2.1/24", "a.test", "2001:db8::/24"})
  void givenABlockThatIsNoSlash24_whenItIsSwept_thenTheErrorNamesParameterAndRule(String block) {
    assertThatThrownBy(() -> node.call(SweepContract.REVERSE, new SweepRequest(block)))
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    assertThat(
            node.call(
                SweepContract.REVERSE_TASK,
                new TaskRequest("reverse_sweep", Map.of("block", block))))
        .isEqualTo(new TaskReply.Failed(TaskError.badTask("block must be an IPv4 /24")));
  }
}
