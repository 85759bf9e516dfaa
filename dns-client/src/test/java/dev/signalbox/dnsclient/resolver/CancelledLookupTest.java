package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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

/** Whoever no longer wants an answer leaves nothing behind. */
@ExtendWith(VertxExtension.class)
class CancelledLookupTest {

  private static final Duration LONG = Duration.ofSeconds(15);

  private FakeDnsServer dns;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) {
    dns = FakeDnsServer.start();
    dns.otherwise(DnsBehaviour.drop());
    client =
        TestClient.open(
            vertx,
            Map.of(
                "resolver.udp-sockets-per-resolver", "1",
                "resolver.udp-in-flight-per-socket", "4"));
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tcp://"})
  void givesBackQueriesUnderWayAndThoseThatWait(String scheme) {
    Cancellation cancellation = client.cancellable();
    List<Future<LookupOutcome>> all =
        IntStream.range(0, 20)
            .mapToObj(i -> client.begin(question(scheme + dns.resolver(), "n" + i), cancellation))
            .toList();
    await().until(() -> client.load().queries() == 20);
    await().until(() -> dns.queries().size() >= 4);

    cancellation.request();

    for (Future<LookupOutcome> each : all) {
      Unanswered given = (Unanswered) TestClient.await(each);
      assertThat(given.fault()).isEqualTo(Fault.CANCELLED);
    }
    assertThat(client.load().queries()).isZero();
  }

  @Test
  void leavesTheQueueToThoseWhoStay() {
    dns.script("stays.test", DnsBehaviour.answer()).record("stays.test. 60 IN A 192.0.2.1");
    Cancellation cancellation = client.cancellable();
    for (int i = 0; i < 8; i++) {
      client.begin(question(dns.resolver(), "n" + i), cancellation);
    }
    Future<LookupOutcome> stays =
        client.begin(question(dns.resolver(), "stays.test"), Cancellation.NEVER);
    await().until(() -> client.load().queries() == 9);

    cancellation.request();

    assertThat(TestClient.await(stays)).isInstanceOf(Answered.class);
    assertThat(client.load().queries()).isZero();
  }

  @Test
  void givesUpAHandshakeThatDoesNotEnd() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Cancellation cancellation = client.cancellable();
      Future<LookupOutcome> asked =
          client.begin(question("tls://127.0.0.1:" + mute.getLocalPort(), "a"), cancellation);
      await().until(() -> client.load().connections() == 1);

      cancellation.request();

      assertThat(((Unanswered) TestClient.await(asked)).fault()).isEqualTo(Fault.CANCELLED);
      assertThat(client.load().queries()).isZero();
      assertThat(client.load().connections()).isZero();
    }
  }

  @Test
  void givesUpARequestOverHttps() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Cancellation cancellation = client.cancellable();
      String resolver = "https://127.0.0.1:" + mute.getLocalPort() + "/dns-query";
      Future<LookupOutcome> asked = client.begin(question(resolver, "a"), cancellation);
      await().until(() -> client.load().queries() == 1);

      cancellation.request();

      assertThat(((Unanswered) TestClient.await(asked)).fault()).isEqualTo(Fault.CANCELLED);
      assertThat(client.load().queries()).isZero();
    }
  }

  @Test
  void endsAtOnceWhenNobodyEverWantedTheAnswer() {
    Cancellation cancellation = client.cancellable();
    cancellation.request();

    LookupOutcome outcome =
        TestClient.await(client.begin(question(dns.resolver(), "a"), cancellation));

    assertThat(((Unanswered) outcome).fault()).isEqualTo(Fault.CANCELLED);
    assertThat(client.load().queries()).isZero();
  }

  private LookupRequest question(String resolver, String name) {
    return client.question(resolver, name, LONG, false);
  }
}
