package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeRequest;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Tasks that the cache answers, and tasks that are cancelled. */
class CachedTaskTest {

  private FakeDnsServer dns;
  private TestNode node;

  @BeforeEach
  void start() {
    dns = FakeDnsServer.start();
    dns.record("a.test. 60 IN A 192.0.2.1");
    node = node("default-resolvers");
  }

  private TestNode node(String cacheDefault) {
    return TestNode.start(
        DnsMain.SERVICE,
        Map.of(
            "resolver.upstreams",
            dns.resolver(),
            "dns.cache-default",
            cacheDefault,
            "guard.allow-private",
            "true",
            "dns.retries",
            "0",
            "platform.threads",
            "4"));
  }

  @AfterEach
  void stop() {
    node.close();
    dns.close();
  }

  @Test
  void answersTasksThatNameNoResolverFromTheCache() {
    assertThat(ask(node, Map.of("domain", "a.test")).cached()).isFalse();

    DnsResult second = ask(node, Map.of("domain", "A.test"));

    assertThat(second.cached()).isTrue();
    assertThat(second.attempts()).isZero();
    assertThat(second.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(second.question().getFirst().name()).isEqualTo("A.test.");
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void answersOnEveryEventLoopFromOneCache() {
    ask(node, Map.of("domain", "a.test"));

    for (int i = 0; i < 8; i++) {
      assertThat(ask(node, Map.of("domain", "a.test")).cached()).isTrue();
    }
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void asksAnewWhoIsNamed() {
    Map<String, Object> task = Map.of("domain", "a.test", "resolver", dns.resolver());
    ask(node, task);

    assertThat(ask(node, task).cached()).isFalse();
    assertThat(dns.queries()).hasSize(2);
  }

  @Test
  void doesAsTheTaskSays() {
    Map<String, Object> named =
        Map.of("domain", "a.test", "resolver", dns.resolver(), "cache", true);
    ask(node, named);

    assertThat(ask(node, named).cached()).isTrue();
    assertThat(ask(node, Map.of("domain", "a.test", "cache", false)).cached()).isFalse();
  }

  @Test
  void doesAsTheOperatorSays() {
    try (TestNode off = node("off");
        TestNode on = node("on")) {
      Map<String, Object> named = Map.of("domain", "a.test", "resolver", dns.resolver());
      ask(off, Map.of("domain", "a.test"));
      ask(on, named);

      assertThat(ask(off, Map.of("domain", "a.test")).cached()).isFalse();
      assertThat(ask(on, named).cached()).isTrue();
    }
  }

  @Test
  void refusesACacheThatIsNeitherTrueNorFalse() {
    TaskReply reply =
        node.call(
            DnsContract.QUERY_TASK,
            new TaskRequest("dns_query", Map.of("domain", "a.test", "cache", "yes")));

    assertThat(((TaskReply.Failed) reply).error().message())
        .isEqualTo("cache must be true or false");
  }

  @Test
  void answersMessagesFromTheCache() {
    Message query =
        Message.newQuery(Record.newRecord(Name.fromConstantString("a.test."), Type.A, DClass.IN));
    DnsExchangeRequest request = new DnsExchangeRequest(new Binary(query.toWire()));
    node.call(DnsContract.EXCHANGE, request);

    node.call(DnsContract.EXCHANGE, request);

    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void givesUpWhatIsCancelled() {
    dns.script("silent.test", DnsBehaviour.drop());
    Cancellation cancellation = node.bus().cancellable();
    Future<TaskReply> reply =
        node.bus()
            .call(
                DnsContract.QUERY_TASK,
                new TaskRequest(
                    "dns_query",
                    Map.of("domain", "silent.test", "timeout_ms", 7_000, "retries", 1)),
                Call.within(Duration.ofSeconds(10)).with(cancellation));
    await().until(() -> !dns.queries("silent.test").isEmpty());

    cancellation.request();

    assertThatThrownBy(() -> TestNode.await(reply))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    // Not sent again, although the task had a retry and seconds left.
    assertThat(dns.queries("silent.test")).hasSize(1);
  }

  private static DnsResult ask(TestNode node, Map<String, Object> params) {
    TaskReply reply = node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", params));
    return (DnsResult) ((TaskReply.Finished) reply).result();
  }
}
