package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One resolver asked no more often than the operator allows. */
@ExtendWith(VertxExtension.class)
class LimitedRateTest {

  private Vertx vertx;
  private FakeDnsServer dns;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    dns = FakeDnsServer.start();
  }

  @AfterEach
  void stop() {
    dns.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tcp://"})
  void answersAllInTheirTurn(String scheme) {
    try (TestClient client = client(100, 5, 100)) {
      List<Future<LookupOutcome>> all = ask(client, scheme, 25, Duration.ofSeconds(10));

      all.forEach(each -> assertThat(TestClient.await(each)).isInstanceOf(Answered.class));
      assertThat(client.load().queries()).isZero();
    }
  }

  @Test
  void saysSoWhenThereIsNoTurnInTime() {
    try (TestClient client = client(1, 1, 100)) {
      Future<LookupOutcome> first = ask(client, "", "n0.test", Duration.ofSeconds(10));
      // Long before a second after the first.
      Future<LookupOutcome> late = ask(client, "", "n1.test", Duration.ofMillis(200));

      assertThat(TestClient.await(first)).isInstanceOf(Answered.class);
      Unanswered second = (Unanswered) TestClient.await(late);
      assertThat(second.fault()).isEqualTo(Fault.OVERLOADED);
      assertThat(second.reason()).contains("at most 1 times a second");
      assertThat(second.attempts()).isZero();
      assertThat(dns.queries()).hasSize(1);
    }
  }

  @Test
  void countsRepetitions() {
    dns.otherwise(DnsBehaviour.drop());
    try (TestClient client = client(1, 1, 100)) {
      // One repetition is due after a third of the time, and may go out only after a second.
      Unanswered outcome =
          (Unanswered) TestClient.await(ask(client, "", 1, Duration.ofMillis(600)).getFirst());

      assertThat(outcome.fault()).isEqualTo(Fault.TIMEOUT);
      assertThat(outcome.attempts()).isEqualTo(1);
      assertThat(dns.queries()).hasSize(1);
      assertThat(client.load().queries()).isZero();
    }
  }

  @Test
  void sendsARepetitionInItsTurn() {
    dns.record("n0.test. 60 IN A 192.0.2.1");
    dns.script("n0.test", DnsBehaviour.drop(), DnsBehaviour.answer());
    try (TestClient client = client(1, 1, 100)) {
      Answered outcome =
          (Answered) TestClient.await(ask(client, "", 1, Duration.ofMillis(2_400)).getFirst());

      assertThat(outcome.attempts()).isEqualTo(2);
    }
  }

  @Test
  void givesTurnsBackWhenTheyAreNotWantedAnyMore() {
    try (TestClient client = client(1, 1, 100)) {
      Cancellation cancellation = client.cancellable();
      List<Future<LookupOutcome>> all =
          IntStream.range(0, 8)
              .mapToObj(i ->
                  client.begin(
                      client.question(
                          dns.resolver(), "n" + i + ".test", Duration.ofSeconds(20), false),
                      cancellation))
              .toList();
      assertThat(client.load().queries()).isPositive();

      cancellation.request();

      assertThat(((Unanswered) TestClient.await(all.getLast())).fault()).isEqualTo(Fault.CANCELLED);
      assertThat(client.load().queries()).isZero();
    }
  }

  private List<Future<LookupOutcome>> ask(
      TestClient client, String scheme, int count, Duration timeout) {
    return IntStream.range(0, count)
        .mapToObj(i -> ask(client, scheme, "n" + i + ".test", timeout))
        .toList();
  }

  private Future<LookupOutcome> ask(
      TestClient client, String scheme, String name, Duration timeout) {
    return client.begin(
        client.question(scheme + dns.resolver(), name, timeout, false), Cancellation.NEVER);
  }

  private TestClient client(int perSecond, int burst, int waiting) {
    return TestClient.open(
        vertx,
        Map.of(
            "resolver.rate-per-s", String.valueOf(perSecond),
            "resolver.rate-burst", String.valueOf(burst),
            "resolver.rate-waiting", String.valueOf(waiting)));
  }
}
