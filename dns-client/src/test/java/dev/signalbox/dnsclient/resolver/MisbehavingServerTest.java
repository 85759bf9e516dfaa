package dev.signalbox.dnsclient.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Section;

/** Whatever a server does, a look-up ends in time, truthfully, and gives back what it held. */
@ExtendWith(VertxExtension.class)
class MisbehavingServerTest {

  private static final Duration SHORT = Duration.ofMillis(700);
  private static final Duration LONG = Duration.ofSeconds(10);

  private FakeDnsServer dns;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) {
    dns = FakeDnsServer.start();
    dns.record("a.test. 60 IN A 192.0.2.1");
    client = TestClient.open(vertx, Map.of("resolver.udp-socket-lifetime", "100ms"));
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
  }

  static Stream<Arguments> misdeeds() {
    return Stream.of(
        Arguments.of("tcp://", "length too large", DnsBehaviour.wrongLength(5), Fault.TIMEOUT),
        Arguments.of("tcp://", "length too small", DnsBehaviour.wrongLength(-5), Fault.PROTOCOL),
        Arguments.of(
            "tcp://", "length far too large", DnsBehaviour.wrongLength(-500), Fault.TIMEOUT),
        Arguments.of("tcp://", "reset", DnsBehaviour.reset(), Fault.LOST),
        Arguments.of("tcp://", "close", DnsBehaviour.close(), Fault.LOST),
        Arguments.of(
            "tcp://", "trickle", DnsBehaviour.trickle(Duration.ofSeconds(1)), Fault.TIMEOUT),
        Arguments.of("tcp://", "wrong id", DnsBehaviour.wrongId(), Fault.TIMEOUT),
        Arguments.of("tcp://", "wrong question", DnsBehaviour.wrongQuestion(), Fault.TIMEOUT),
        Arguments.of("tcp://", "cut", DnsBehaviour.cutInsideARecord(), Fault.PROTOCOL),
        Arguments.of("", "cut", DnsBehaviour.cutInsideARecord(), Fault.PROTOCOL),
        Arguments.of("tcp://", "malformed", DnsBehaviour.malformed(), Fault.PROTOCOL),
        Arguments.of("", "another address", DnsBehaviour.fromAnotherAddress(), Fault.TIMEOUT),
        Arguments.of("", "another port", DnsBehaviour.fromAnotherPort(), Fault.TIMEOUT),
        Arguments.of("", "wrong id", DnsBehaviour.wrongId(), Fault.TIMEOUT),
        Arguments.of("", "wrong question", DnsBehaviour.wrongQuestion(), Fault.TIMEOUT),
        Arguments.of("", "malformed", DnsBehaviour.malformed(), Fault.PROTOCOL),
        Arguments.of("", "nothing", DnsBehaviour.bytes(), Fault.TIMEOUT),
        Arguments.of("", "silence", DnsBehaviour.drop(), Fault.TIMEOUT));
  }

  @ParameterizedTest(name = "{0}{1}")
  @MethodSource("misdeeds")
  void endsInTimeAndGivesEverythingBack(
      String scheme, String what, DnsBehaviour misdeed, Fault fault) {
    dns.otherwise(misdeed);

    LookupOutcome outcome = client.ask(question(scheme, fault == Fault.TIMEOUT ? SHORT : LONG));

    assertThat(outcome)
        .as(what)
        .isInstanceOfSatisfying(
            Unanswered.class,
            unanswered -> {
              assertThat(unanswered.fault()).isEqualTo(fault);
              assertThat(unanswered.reason()).startsWith(dns.resolver());
              assertThat(unanswered.attempts()).isPositive();
            });
    assertThat(client.load().queries()).isZero();
    // The port is given up after its lifetime, a connection that cannot be trusted at once.
    await().until(() -> client.load().sockets() == 0);
    if (fault == Fault.TIMEOUT || fault == Fault.LOST) {
      await().until(() -> client.load().connections() == 0);
    }
  }

  @Test
  void takesAnAnswerCutShortForEverAsItIs() {
    dns.otherwise(DnsBehaviour.truncateForEver());

    Answered answered = (Answered) client.ask(question("", Duration.ofSeconds(5)));

    assertThat(answered.protocol()).isEqualTo(Protocol.TCP);
    assertThat(answered.tcpFallback()).isTrue();
    assertThat(answered.message().getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(dns.queries()).hasSize(2);
    assertThat(client.load().queries()).isZero();
  }

  @Test
  void showsAnAliasOfItselfAndFollowsItNowhere() {
    dns.otherwise(DnsBehaviour.aliasOfItself());

    Answered answered = (Answered) client.ask(question("", Duration.ofSeconds(5)));

    assertThat(answered.message().getSection(Section.ANSWER)).hasSize(1);
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void asksByTcpWhoeverAnswersInAnotherCase() {
    dns.otherwise(DnsBehaviour.byProtocol(DnsBehaviour.lowerCase(), DnsBehaviour.drop()));

    Unanswered unanswered =
        (Unanswered)
            client.ask(
                client.question(dns.resolver(), "AVeryLongNameWithManyLetters.test", SHORT, false));

    assertThat(unanswered.fault()).isEqualTo(Fault.TIMEOUT);
    assertThat(unanswered.protocol()).isEqualTo(Protocol.TCP);
    assertThat(client.load().queries()).isZero();
  }

  @Test
  void takesTheRightAnswerAmongManyWrongOnes() {
    dns.otherwise(
        DnsBehaviour.all(
            DnsBehaviour.wrongId(),
            DnsBehaviour.fromAnotherAddress(),
            DnsBehaviour.fromAnotherPort(),
            DnsBehaviour.wrongQuestion(),
            DnsBehaviour.bytes((byte) 1, (byte) 2, (byte) 3),
            DnsBehaviour.answer()));

    Answered answered = (Answered) client.ask(question("", Duration.ofSeconds(5)));

    assertThat(answered.attempts()).isEqualTo(1);
    assertThat(answered.protocol()).isEqualTo(Protocol.UDP);
  }

  @Test
  void opensAnotherConnectionAfterAReset() {
    dns.script("a.test", DnsBehaviour.reset(), DnsBehaviour.answer());

    Answered answered = (Answered) client.ask(question("tcp://", Duration.ofSeconds(5)));

    assertThat(answered.attempts()).isEqualTo(2);
    assertThat(client.load().connections()).isEqualTo(1);
  }

  private LookupRequest question(String scheme, Duration timeout) {
    return client.question(scheme + dns.resolver(), "a.test", timeout, false);
  }
}
