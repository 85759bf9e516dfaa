package dev.signalbox.dnsclient.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.resolver.LookupOutcome;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.DnsExchange;
import dev.signalbox.testsupport.FakeDnsServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One question asked once, and each asker's own deadline and cancellation. */
@ExtendWith(VertxExtension.class)
class SharedQuestionTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  private final BlockingQueue<DnsExchange> held = new LinkedBlockingQueue<>();
  private FakeDnsServer dns;
  private Vertx vertx;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    dns = FakeDnsServer.start();
    client = TestClient.open(vertx, Map.of("resolver.upstreams", dns.resolver()));
    dns.record("a.test. 60 IN A 192.0.2.1");
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
  }

  @Test
  void answersTheSecondAskerFromTheCache() {
    Answered first = (Answered) client.ask(question("a.test", LONG));
    Answered second = (Answered) client.ask(question("A.test", LONG));

    assertThat(first.cached()).isFalse();
    assertThat(first.attempts()).isEqualTo(1);
    assertThat(second.cached()).isTrue();
    assertThat(second.attempts()).isZero();
    assertThat(second.resolver()).isEqualTo(dns.resolver());
    assertThat(dns.queries()).hasSize(1);
    assertThat(client.cacheRequests("hit")).isEqualTo(1);
    assertThat(client.cacheRequests("miss")).isEqualTo(1);
  }

  @Test
  void asksForWhoWantsNoCache() {
    client.ask(question("a.test", LONG));

    Answered fresh = (Answered) client.ask(client.question(dns.resolver(), "a.test", LONG, false));

    assertThat(fresh.cached()).isFalse();
    assertThat(dns.queries()).hasSize(2);
  }

  @Test
  void doesNotMixTheAnswersOfResolvers() {
    try (FakeDnsServer other = FakeDnsServer.start()) {
      other.record("a.test. 60 IN A 192.0.2.99");
      client.ask(question("a.test", LONG));

      Answered fromOther =
          (Answered) client.ask(client.question(other.resolver(), "a.test", LONG, true));

      assertThat(fromOther.cached()).isFalse();
      assertThat(fromOther.resolver()).isEqualTo(other.resolver());
    }
  }

  @Test
  void keepsNothingWithoutACache() {
    try (TestClient without = TestClient.open(vertx, Map.of("resolver.cache-bytes", "0"))) {
      without.ask(question("a.test", LONG));

      assertThat(((Answered) without.ask(question("a.test", LONG))).cached()).isFalse();
    }
  }

  @Test
  void asksOnceForAllWhoAskMeanwhile() throws Exception {
    hold("a.test");

    List<Future<LookupOutcome>> all =
        IntStream.range(0, 50)
            .mapToObj(i -> client.begin(question(i % 2 == 0 ? "a.test" : "A.TEST", LONG), NEVER))
            .toList();
    DnsExchange only = nextHeld();
    await().until(() -> client.cacheRequests("shared") == 49);
    only.send(only.answer());

    for (int i = 0; i < all.size(); i++) {
      Answered answered = (Answered) TestClient.await(all.get(i));
      assertThat(answered.cached()).isFalse();
      assertThat(answered.message().getQuestion().getName().toString())
          .isEqualTo(i % 2 == 0 ? "a.test." : "A.TEST.");
    }
    assertThat(dns.queries()).hasSize(1);
    assertThat(client.load().shared()).isZero();
  }

  @Test
  void lateAskersKeepTheirOwnShorterDeadline() throws Exception {
    hold("a.test");
    Future<LookupOutcome> patient = client.begin(question("a.test", LONG), NEVER);
    DnsExchange exchange = nextHeld();

    LookupOutcome impatient = client.ask(question("a.test", Duration.ofMillis(100)));

    assertThat(impatient)
        .isInstanceOfSatisfying(
            Unanswered.class, late -> assertThat(late.fault()).isEqualTo(Fault.TIMEOUT));
    exchange.send(exchange.answer());
    assertThat(TestClient.await(patient)).isInstanceOf(Answered.class);
  }

  @Test
  void lateAskersKeepTheirOwnLongerDeadline() throws Exception {
    dns.script("a.test", DnsBehaviour.drop(), DnsBehaviour.drop(), DnsBehaviour.answer());
    Future<LookupOutcome> impatient =
        client.begin(question("a.test", Duration.ofSeconds(1)), NEVER);
    assertThat(client.load().shared()).isEqualTo(1);

    Future<LookupOutcome> patient = client.begin(question("a.test", LONG), NEVER);

    assertThat(((Unanswered) TestClient.await(impatient)).fault()).isEqualTo(Fault.TIMEOUT);
    assertThat(TestClient.await(patient)).isInstanceOf(Answered.class);
    assertThat(dns.queries()).hasSize(3);
  }

  @Test
  void oneWhoLeavesLeavesTheOthersTheirAnswer() throws Exception {
    hold("a.test");
    Cancellation cancellation = client.cancellable();
    Future<LookupOutcome> leaving = client.begin(question("a.test", LONG), cancellation);
    DnsExchange exchange = nextHeld();
    Future<LookupOutcome> staying = client.begin(question("a.test", LONG), NEVER);
    await().until(() -> client.cacheRequests("shared") == 1);

    cancellation.request();

    assertThat(((Unanswered) TestClient.await(leaving)).fault()).isEqualTo(Fault.CANCELLED);
    assertThat(client.load().queries()).isEqualTo(1);
    exchange.send(exchange.answer());
    assertThat(TestClient.await(staying)).isInstanceOf(Answered.class);
  }

  @Test
  void theLastWhoLeavesTakesTheQuestionAlong() throws Exception {
    hold("a.test");
    Cancellation cancellation = client.cancellable();
    Future<LookupOutcome> first = client.begin(question("a.test", LONG), cancellation);
    Future<LookupOutcome> second = client.begin(question("a.test", LONG), cancellation);
    nextHeld();

    cancellation.request();

    assertThat(((Unanswered) TestClient.await(first)).fault()).isEqualTo(Fault.CANCELLED);
    assertThat(((Unanswered) TestClient.await(second)).fault()).isEqualTo(Fault.CANCELLED);
    assertThat(client.load().queries()).isZero();
    assertThat(client.load().shared()).isZero();
  }

  @Test
  void whoAsksAfterTheLastHasLeftAsksAnew() throws Exception {
    hold("a.test");
    Cancellation cancellation = client.cancellable();
    Future<LookupOutcome> first = client.begin(question("a.test", LONG), cancellation);
    nextHeld();
    cancellation.request();
    TestClient.await(first);

    Future<LookupOutcome> second = client.begin(question("a.test", LONG), NEVER);
    DnsExchange exchange = nextHeld();
    exchange.send(exchange.answer());

    assertThat(TestClient.await(second)).isInstanceOf(Answered.class);
  }

  private static final Cancellation NEVER = Cancellation.NEVER;

  private void hold(String name) {
    dns.script(name, held::add);
  }

  private DnsExchange nextHeld() throws InterruptedException {
    DnsExchange exchange = held.poll(10, TimeUnit.SECONDS);
    assertThat(exchange).isNotNull();
    return exchange;
  }

  private LookupRequest question(String name, Duration timeout) {
    return client.question(dns.resolver(), name, timeout, true);
  }
}
