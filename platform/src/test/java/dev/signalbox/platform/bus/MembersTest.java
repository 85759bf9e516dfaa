package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.bus.Members.Silence;
import io.vertx.core.spi.cluster.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MembersTest {

  private static final long SECOND = 1_000_000_000L;

  private final Members members = new Members("here");
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void listen() {
    members.listener(
        new Members.Listener() {
          @Override
          public void present(String node) {
            told.add("+" + node);
          }

          @Override
          public void absent(String node) {
            told.add("-" + node);
          }

          @Override
          public void late(String node, long sinceNanos) {
            told.add("?" + node);
          }

          @Override
          public void forgotten(String node) {
            told.add("x" + node);
          }
        });
  }

  private static Hello hello(String node, int port, long version, String... addresses) {
    return new Hello(node, "10.0.0.1", port, version, Set.of(addresses), false, 0, 0, null);
  }

  @Test
  void aMemberIsPresentWhenItSpeaksAndServesWhatItSays() {
    members.listed("a", "10.0.0.1", 1, 0);
    assertThat(members.present()).isZero();

    members.heard(hello("a", 1, 1, "dns.query"), 0);

    assertThat(members.serving("dns.query")).containsExactly("a");
    assertThat(told).containsExactly("+a");
  }

  @Test
  void anOlderWordDoesNotUndoANewerOne() {
    members.heard(hello("a", 1, 2, "dns.query"), 0);

    members.heard(hello("a", 1, 1), 1);

    assertThat(members.serving("dns.query")).containsExactly("a");
  }

  @Test
  void whatAMemberWithdrawsIsNotServedThere() {
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.heard(hello("a", 1, 2), 1);

    assertThat(members.serving("dns.query")).isEmpty();
    assertThat(members.present()).isEqualTo(1);
  }

  @Test
  void aListedMemberIsAbsentAfterSilenceOnly() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.silent("a", Silence.LATE, 1, 2 * SECOND);
    assertThat(members.present()).isEqualTo(1);
    members.silent("a", Silence.LATE, 4 * SECOND, 5 * SECOND);

    assertThat(members.serving("dns.query")).isEmpty();
    assertThat(told).containsExactly("+a", "?a", "-a");
    assertThat(members.unreachable()).isEqualTo(1);
  }

  @Test
  void aMemberThatMembershipHasLostIsAbsentAtItsFirstSilence() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.unlisted("a");
    members.silent("a", Silence.LATE, 1, SECOND);

    assertThat(members.present()).isZero();
  }

  @Test
  void givenAMemberListedAndNeverHeard_whenMembershipLosesIt_thenItIsAskedUntilTheMemoryEnds() {
    members.listed("a", "10.0.0.1", 1, SECOND);

    members.unlisted("a");
    members.silent("a", Silence.LATE, SECOND, SECOND + Members.MEMORY_NANOS);
    assertThat(members.toAsk(true)).containsExactly("a");
    members.silent("a", Silence.LATE, SECOND, SECOND + Members.MEMORY_NANOS + 1);

    assertThat(members.toAsk(true)).isEmpty();
  }

  @Test
  void givenAMemberListedAndNeverHeard_whenItIsSilent_thenItIsUnreachableWhileItIsListed() {
    members.listed("a", "10.0.0.1", 1, 0);

    members.silent("a", Silence.LATE, 1, SECOND);
    assertThat(members.unreachable()).isEqualTo(1);
    members.unlisted("a");
    members.silent("a", Silence.LATE, SECOND, 2 * SECOND);

    assertThat(members.unreachable()).isZero();
  }

  @Test
  void givenAMemberThatWasHeard_whenMembershipLosesItAndItIsSilent_thenItIsUnreachable() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.unlisted("a");
    members.silent("a", Silence.LATE, 1, SECOND);

    assertThat(members.unreachable()).isEqualTo(1);
  }

  @Test
  void aMemberThatMembershipHasLostStaysWhileItAnswers() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.unlisted("a");
    members.heard(hello("a", 1, 1, "dns.query"), SECOND);

    assertThat(members.serving("dns.query")).containsExactly("a");
  }

  @Test
  void aQuestionThatIsOlderThanAMembersReturnDoesNotSendItAwayAgain() {
    members.heard(hello("a", 1, 1, "dns.query"), 0);
    members.silent("a", Silence.LATE, 1, SECOND);

    members.heard(hello("a", 1, 1, "dns.query"), 20 * SECOND);
    members.silent("a", Silence.LATE, 19 * SECOND, 20 * SECOND + 1);

    assertThat(members.serving("dns.query")).containsExactly("a");
  }

  @Test
  void aMemberWhosePortRefusesTwiceIsAbsentAndNotUnreachable() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1), 0);

    boolean again = members.silent("a", Silence.REFUSED, 1, 2);
    members.silent("a", Silence.REFUSED_AGAIN, 2, 3);

    assertThat(again).isTrue();
    assertThat(members.present()).isZero();
    assertThat(members.unreachable()).isZero();
  }

  @Test
  void anAbsentMemberThatSpeaksIsBackWithAllItServes() {
    members.heard(hello("a", 1, 7, "dns.query"), 0);
    members.silent("a", Silence.LATE, 4 * SECOND, 5 * SECOND);

    members.heard(hello("a", 1, 7, "dns.query"), 20 * SECOND);

    assertThat(members.serving("dns.query")).containsExactly("a");
    assertThat(members.unreachable()).isZero();
  }

  @Test
  void silenceDuringAPauseOfThisProcessIsNotHeldAgainstAnybody() {
    members.listed("a", "10.0.0.1", 1, 0);
    members.heard(hello("a", 1, 1), 0);

    members.pausedUntil(20 * SECOND);
    members.silent("a", Silence.LATE, 19 * SECOND, 20 * SECOND);

    assertThat(members.present()).isEqualTo(1);
  }

  @Test
  void aMemberThatLeavesIsForgottenAtOnce() {
    members.heard(hello("a", 1, 1, "dns.query"), 0);

    members.heard(new Hello("a", "10.0.0.1", 1, 1, Set.of(), true, 0, 0, null), 1);

    assertThat(told).containsExactly("+a", "-a", "xa");
    assertThat(members.address("a")).isNull();
  }

  @Test
  void aProcessInTheAddressOfAnotherTakesItsPlace() {
    members.heard(hello("before", 1, 1, "dns.query"), 0);

    members.heard(hello("after", 1, 1, "dns.query"), 1);

    assertThat(members.serving("dns.query")).containsExactly("after");
  }

  @Test
  void anAbsentMemberIsForgottenInTheEnd() {
    members.heard(hello("a", 1, 1), 0);
    members.silent("a", Silence.LATE, 4 * SECOND, 5 * SECOND);

    members.silent("a", Silence.LATE, 5 * SECOND, Members.MEMORY_NANOS);
    assertThat(members.toAsk(true)).containsExactly("a");
    members.silent("a", Silence.LATE, 5 * SECOND, Members.MEMORY_NANOS + SECOND);

    assertThat(members.toAsk(true)).isEmpty();
  }

  @Test
  void twoThousandProcessesThatCameAndWentLeaveNothing() {
    for (int i = 0; i < 2_000; i++) {
      String node = "n" + i;
      members.heard(hello(node, 1 + i % 60_000, 1, "dns.query", "file.read@" + node), i);
      members.silent(node, Silence.REFUSED_AGAIN, i, i + 1);
      members.silent(node, Silence.REFUSED, i, i + Members.MEMORY_NANOS + SECOND);
    }

    assertThat(members.toAsk(true)).isEmpty();
    assertThat(members.serving()).isEmpty();
  }

  @Test
  void whatThisProcessServesTwiceIsServedUntilItIsTakenBackTwice() {
    members.serves("dns.query");
    members.serves("dns.query");
    members.withdraws("dns.query");
    assertThat(members.serving("dns.query")).containsExactly("here");

    members.withdraws("dns.query");

    assertThat(members.serving("dns.query")).isEmpty();
  }

  private static Hello naming(String node, int port, Hello.Peer... others) {
    return new Hello(node, "10.0.0.1", port, 1, Set.of(), false, 0, 0, List.of(others));
  }

  @Test
  void aMemberThatAnotherNamesIsAskedAndPresentWhenItAnswers() {
    List<String> asked = new ArrayList<>();
    members.exchange(() -> {}, asked::add);

    members.heard(naming("a", 1, new Hello.Peer("b", "10.0.0.2", 2)), 0);
    assertThat(asked).containsExactly("b");
    assertThat(members.nodes()).containsExactlyInAnyOrder("here", "a");

    members.heard(hello("b", 2, 1, "dns.query"), 1);
    assertThat(members.serving("dns.query")).containsExactly("b");
  }

  @Test
  void thisProcessAndKnownMembersAreNotTakenFromAnothersWords() {
    List<String> asked = new ArrayList<>();
    members.heard(hello("b", 2, 1, "dns.query"), 0);
    members.exchange(() -> {}, asked::add);

    members.heard(
        naming("a", 1, new Hello.Peer("here", "x", 9), new Hello.Peer("b", "elsewhere", 9)), 1);

    assertThat(asked).isEmpty();
    assertThat(members.address("b")).extracting("host", "port").containsExactly("10.0.0.1", 2);
  }

  @ParameterizedTest
  @EnumSource
  void aMemberThatWasOnlyNamedIsForgottenAtItsFirstSilence(Silence how) {
    members.heard(naming("a", 1, new Hello.Peer("gone", "10.0.0.2", 2)), 0);

    members.silent("gone", how, 1, 2);

    assertThat(members.toAsk(true)).containsExactly("a");
    assertThat(members.unreachable()).isZero();
  }

  @Test
  void namesBeyondTheBoundAreNotTaken() {
    Hello.Peer[] many =
        IntStream.range(0, 2 * Members.MOST_MEMBERS)
            .mapToObj(i -> new Hello.Peer("n" + i, "10.0.0.2", 1 + i))
            .toArray(Hello.Peer[]::new);

    members.heard(naming("a", 1, many), 0);

    assertThat(members.toAsk(true)).hasSize(Members.MOST_MEMBERS);
  }

  @Test
  void onlyMembersThatAnswerAreNamed() {
    members.address(new NodeInfo("10.0.0.9", 9, null));
    members.listed("silent", "10.0.0.3", 3, 0);
    members.heard(hello("a", 1, 1), 0);

    assertThat(members.hello(false, 1, 0, true).others())
        .containsExactly(new Hello.Peer("a", "10.0.0.1", 1));
    assertThat(members.hello(false, 1, 0, false).others()).isNull();
  }
}
