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
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One cache and one set of questions under way for clients on several event loops. */
@ExtendWith(VertxExtension.class)
class SeveralEventLoopsTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Cancellation NEVER = Cancellation.NEVER;

  private final BlockingQueue<DnsExchange> held = new LinkedBlockingQueue<>();
  private FakeDnsServer dns;
  private TestClient one;
  private TestClient other;

  @BeforeEach
  void start(Vertx vertx) {
    dns = FakeDnsServer.start();
    dns.record("a.test. 60 IN A 192.0.2.1");
    one = TestClient.open(vertx, Map.of("resolver.upstreams", dns.resolver()));
    other = one.beside();
  }

  @AfterEach
  void stop() {
    other.close();
    one.close();
    dns.close();
  }

  @Test
  void answersOnOneWhatWasAskedOnTheOther() {
    one.ask(question(LONG));

    assertThat(((Answered) other.ask(question(LONG))).cached()).isTrue();
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void keepsTheAnswersWhenOneOfThemCloses() {
    other.ask(question(LONG));
    try (TestClient third = one.beside()) {
      third.ask(question(LONG));
    }

    assertThat(((Answered) one.ask(question(LONG))).cached()).isTrue();
  }

  @Test
  void asksOnceAndAnswersEachOnTheirOwnEventLoop() throws Exception {
    hold();
    Future<LookupOutcome> first = one.begin(question(LONG), NEVER);
    DnsExchange only = nextHeld();
    Future<Thread> second =
        other.begin(
            () -> other.client().lookup(question(LONG), NEVER).map(_ -> Thread.currentThread()));
    await().until(() -> one.cacheRequests("shared") == 1);

    only.send(only.answer());

    assertThat(TestClient.await(first)).isInstanceOf(Answered.class);
    Thread own = other.on(() -> Future.succeededFuture(Thread.currentThread()));
    assertThat(TestClient.await(second)).isSameAs(own);
    assertThat(dns.queries()).hasSize(1);
    assertThat(one.load().shared()).isZero();
  }

  @Test
  void theLastWhoLeavesTakesTheQuestionAlongFromAnotherEventLoop() throws Exception {
    hold();
    Cancellation first = one.cancellable();
    Cancellation last = other.cancellable();
    Future<LookupOutcome> begun = one.begin(question(LONG), first);
    nextHeld();
    Future<LookupOutcome> joined = other.begin(question(LONG), last);
    await().until(() -> one.cacheRequests("shared") == 1);

    first.request();
    assertThat(fault(begun)).isEqualTo(Fault.CANCELLED);
    assertThat(one.load().queries()).isEqualTo(1);
    last.request();

    assertThat(fault(joined)).isEqualTo(Fault.CANCELLED);
    await().until(() -> one.load().queries() == 0);
    assertThat(one.load().shared()).isZero();
  }

  @Test
  void whoHasMoreTimeAsksAgainOnTheirOwnEventLoop() {
    dns.script("a.test", DnsBehaviour.drop(), DnsBehaviour.drop(), DnsBehaviour.answer());
    Future<LookupOutcome> impatient = one.begin(question(Duration.ofSeconds(1)), NEVER);
    assertThat(one.load().shared()).isEqualTo(1);

    Future<LookupOutcome> patient = other.begin(question(LONG), NEVER);

    assertThat(fault(impatient)).isEqualTo(Fault.TIMEOUT);
    assertThat(TestClient.await(patient)).isInstanceOf(Answered.class);
    assertThat(dns.queries()).hasSize(3);
  }

  @Test
  void countsRequestsOfAllTogether() {
    one.ask(question(LONG));
    other.ask(question(LONG));

    assertThat(one.cacheRequests("miss")).isEqualTo(1);
    assertThat(one.cacheRequests("hit")).isEqualTo(1);
  }

  private static Fault fault(Future<LookupOutcome> outcome) {
    return ((Unanswered) TestClient.await(outcome)).fault();
  }

  private void hold() {
    dns.script("a.test", held::add);
  }

  private DnsExchange nextHeld() throws InterruptedException {
    DnsExchange exchange = held.poll(10, TimeUnit.SECONDS);
    assertThat(exchange).isNotNull();
    return exchange;
  }

  private LookupRequest question(Duration timeout) {
    return one.question(dns.resolver(), "a.test", timeout, true);
  }
}
