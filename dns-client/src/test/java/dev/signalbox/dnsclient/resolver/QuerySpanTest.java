package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.CollectedSpan;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestTrace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class QuerySpanTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  private final TestTrace trace = TestTrace.begin();
  private FakeDnsServer dns;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) {
    dns = FakeDnsServer.start();
    client = TestClient.open(vertx, Map.of("resolver.upstreams", dns.resolver()));
    dns.record("a.test. 60 IN A 192.0.2.1");
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
    trace.close();
  }

  private LookupRequest question(String name, Duration timeout, boolean cached) {
    return client.question(dns.resolver(), name, timeout, cached).traced(trace.context());
  }

  @Test
  void givenATracedQuestion_whenAnswered_thenItsQueryIsASpan() {
    client.ask(question("a.test", LONG, false));

    assertThat(trace.end())
        .singleElement()
        .satisfies(span -> {
          assertThat(span.name()).isEqualTo("DNS query");
          assertThat(span.kind()).isEqualTo("CLIENT");
          assertThat(span.parentId()).isEqualTo(trace.rootId());
          assertThat(span.error()).isFalse();
          assertThat(span.attributes())
              .containsExactlyInAnyOrderEntriesOf(
                  Map.of(
                      "dns.question.name", "a.test.",
                      "signalbox.dns.question.type", "A",
                      "server.address", "127.0.0.1",
                      "server.port", Integer.toString(dns.port()),
                      "network.transport", "udp",
                      "signalbox.dns.protocol", "udp",
                      "signalbox.dns.query", "1",
                      "signalbox.dns.messages", "1",
                      "signalbox.dns.response.code", "NOERROR"));
        });
  }

  @Test
  void givenANameThatDoesNotExist_whenAnswered_thenTheCodeIsNoError() {
    client.ask(question("none.test", LONG, false));

    CollectedSpan span = trace.end().getFirst();
    assertThat(span.attributes()).containsEntry("signalbox.dns.response.code", "NXDOMAIN");
    assertThat(span.error()).isFalse();
  }

  @Test
  void givenAnAnswerInTheCache_whenAskedAgain_thenThereIsNoFurtherSpan() {
    client.ask(question("a.test", LONG, true));
    Answered again = (Answered) client.ask(question("a.test", LONG, true));

    assertThat(again.cached()).isTrue();
    assertThat(trace.end()).hasSize(1);
  }

  @Test
  void givenATruncatedAnswer_whenAskedByTcp_thenBothQueriesAreSpans() {
    dns.script("a.test", DnsBehaviour.truncate());

    client.ask(question("a.test", LONG, false));

    List<CollectedSpan> spans = trace.end();
    assertThat(spans)
        .extracting(span -> span.attributes().get("network.transport"))
        .containsExactly("udp", "tcp");
    assertThat(spans)
        .extracting(span -> span.attributes().get("signalbox.dns.query"))
        .containsExactly("1", "2");
  }

  @Test
  void givenASilentResolver_whenTheTimeIsOver_thenTheSpanSaysTimeoutAndHowManyMessages() {
    dns.otherwise(DnsBehaviour.drop());

    assertThat(client.ask(question("a.test", Duration.ofMillis(300), false)))
        .isInstanceOf(Unanswered.class);

    CollectedSpan span = trace.end().getFirst();
    assertThat(span.error()).isTrue();
    assertThat(span.attributes())
        .containsEntry("error.type", "TIMEOUT")
        .containsEntry("signalbox.dns.messages", "2")
        .doesNotContainKey("signalbox.dns.response.code");
  }

  @Test
  void givenACallerThatLeaves_whenItsQueryEnds_thenTheSpanIsNoDefectOfTheResolver() {
    dns.otherwise(DnsBehaviour.drop());
    Cancellation cancellation = client.cancellable();
    Future<LookupOutcome> outcome = client.begin(question("a.test", LONG, false), cancellation);
    Awaitility.await().until(() -> !dns.queries().isEmpty());

    cancellation.request();

    Awaitility.await().until(outcome::isComplete);
    CollectedSpan span = trace.end().getFirst();
    assertThat(span.attributes()).containsEntry("error.type", "CANCELLED");
    assertThat(span.error()).isFalse();
  }

  @Test
  void givenAResolverThatIsGone_whenAskedByTcp_thenTheSpanSaysUnreachable() throws IOException {
    String resolver;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      resolver = "tcp://127.0.0.1:" + closed.getLocalPort();
    }

    client.ask(client.question(resolver, "a.test", LONG, false).traced(trace.context()));

    assertThat(trace.end())
        .isNotEmpty()
        .allSatisfy(span -> {
          assertThat(span.attributes()).containsEntry("error.type", "UNREACHABLE");
          assertThat(span.error()).isTrue();
        });
  }

  @Test
  void givenATraceThatIsNotSampled_whenAsked_thenThereIsNoSpan() {
    try (TestTrace unsampled = TestTrace.beginUnsampled()) {
      client.ask(
          client.question(dns.resolver(), "a.test", LONG, false).traced(unsampled.context()));

      assertThat(unsampled.end()).isEmpty();
    }
  }
}
