package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsQueryRequest.Edns;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The operation {@code dns.resolve}, which the task {@code dns_query} does the same as. */
class DnsQueryOperationTest {

  private static TestNode node;
  private FakeDnsServer dns;

  @BeforeAll
  static void startNode() {
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of("resolver.upstreams", "127.0.0.1:9", "guard.allow-private", "true"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void startServer() {
    dns = FakeDnsServer.start().record("name.test. 60 IN A 192.0.2.1");
  }

  @AfterEach
  void stopServer() {
    dns.close();
  }

  private DnsQueryRequest request(String name, String... types) {
    return DnsQueryRequest.of(name, types).withResolver(dns.resolver());
  }

  private static DnsResult only(DnsQueryReply reply) {
    assertThat(reply.outcomes()).hasSize(1);
    return ((Outcome.Answered) reply.outcomes().getFirst()).result();
  }

  @Test
  void givenAName_whenItIsQueried_thenTheResultIsThatOfTheTask() {
    DnsResult byOperation = only(node.call(DnsContract.QUERY, request("name.test", "A")));
    TaskReply byTask =
        node.call(
            DnsContract.QUERY_TASK,
            new TaskRequest(
                "dns_query",
                Map.of("domain", "name.test", "type", "A", "resolver", dns.resolver())));

    DnsResult result = (DnsResult) ((TaskReply.Finished) byTask).result();
    assertThat(byOperation)
        .usingRecursiveComparison()
        .ignoringFields("timingsMs", "attempts")
        .isEqualTo(result);
  }

  @Test
  void givenSeveralTypes_whenTheyAreQueried_thenEachHasItsOutcomeInOrder() {
    DnsQueryReply reply = node.call(DnsContract.QUERY, request("name.test", "MX", "A"));

    assertThat(reply.outcomes())
        .extracting(outcome -> ((Outcome.Answered) outcome).result().question().getFirst())
        .containsExactly(new DnsQuestion("name.test.", "MX"), new DnsQuestion("name.test.", "A"));
  }

  @Test
  void givenAResolverThatIsSilent_whenItIsQueried_thenTheOutcomeHasTheReason() {
    dns.otherwise(DnsBehaviour.drop());
    DnsQueryRequest whole = request("silent.test", "A");
    DnsQueryRequest brief =
        new DnsQueryRequest(
            whole.name(),
            whole.types(),
            whole.resolvers(),
            "IN",
            null,
            true,
            false,
            false,
            null,
            false,
            null,
            100,
            0);

    Outcome outcome = node.call(DnsContract.QUERY, brief).outcomes().getFirst();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Unanswered.class,
            unanswered -> {
              assertThat(unanswered.failure().error().code()).isEqualTo("TIMEOUT");
              assertThat(unanswered.failure().resolver()).isEqualTo(dns.resolver());
            });
  }

  static Stream<Arguments> requestsThatBreakARule() {
    DnsQueryRequest good = DnsQueryRequest.of("name.test", "A");
    return Stream.of(
        Arguments.of(DnsQueryRequest.of(" ", "A"), "valid domain"),
        Arguments.of(DnsQueryRequest.of("a..b", "A"), "name "),
        Arguments.of(DnsQueryRequest.of("name.test", "NONE SUCH"), "type "),
        Arguments.of(DnsQueryRequest.of("name.test", "A", "NONE SUCH"), "types "),
        Arguments.of(good.withResolver("ftp://x"), "resolver "),
        Arguments.of(good.withEdns(new Edns(1, null, false)), "edns/udp_size "),
        Arguments.of(good.withEdns(new Edns(null, "here", false)), "edns/client_subnet "),
        Arguments.of(
            new DnsQueryRequest(
                "name.test",
                List.of("A"),
                List.of(),
                "XX",
                "smoke",
                true,
                false,
                false,
                null,
                false,
                null,
                0,
                11),
            "protocol "));
  }

  @ParameterizedTest
  @MethodSource("requestsThatBreakARule")
  void givenARequestThatBreaksARule_whenItIsSent_thenItIsRefusedWithItsName(
      DnsQueryRequest request, String named) {
    assertThatThrownBy(() -> node.call(DnsContract.QUERY, request))
        .isInstanceOfSatisfying(
            ServiceException.class,
            fault -> {
              assertThat(fault.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(fault.problems()).isNotEmpty();
            })
        .hasMessageContaining(named);
  }
}
