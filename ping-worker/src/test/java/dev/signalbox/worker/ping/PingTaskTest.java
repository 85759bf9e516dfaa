package dev.signalbox.worker.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.worker.icmp.SendOutcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PingTaskTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long TAIL = 8 * SECOND;

  private static PingTask task(String... exclude) {
    return PingTask.create(0x7f09, List.of(exclude), new Random(1));
  }

  private static BitSet sendAll(PingTask task, long now) {
    BitSet sent = new BitSet();
    for (Integer next = task.nextPosition(now); next != null; next = task.nextPosition(now)) {
      sent.set(next);
      task.onSent(next, SendOutcome.SENT, now);
    }
    return sent;
  }

  @Test
  void givenExcludedNetworks_whenSent_thenNoneOfTheirAddressesIs() {
    PingTask task = task("127.9.3.0/24", "127.9.255.255/32", "10.0.0.0/8", "127.10.0.0/16");

    BitSet sent = sendAll(task, 0);

    assertThat(sent.cardinality()).isEqualTo(65_536 - 256 - 1);
    assertThat(sent.nextSetBit(3 << 8)).isEqualTo(4 << 8);
    assertThat(sent.get(65_535)).isFalse();
  }

  @Test
  void givenABlockThatIsExcludedWholly_whenSent_thenNothingIsAndItIsComplete() {
    PingTask task = task("127.0.0.0/8");

    assertThat(sendAll(task, 0).isEmpty()).isTrue();
    task.advance(1, TAIL);

    assertThat(task.isComplete()).isTrue();
  }

  @Test
  void givenAReplyThatComesTwice_whenCounted_thenItCountsOnce() {
    PingTask task = task();

    assertThat(task.onReply(0x7f090001, 5_000_000)).isTrue();
    assertThat(task.onReply(0x7f090001, 5_000_000)).isFalse();
    assertThat(task.answered()).isEqualTo(1);
  }

  @Test
  void givenSilence_whenTheLastRequestIsEightSecondsAgo_thenItIsCompleteWhenTheNetworkIsGood() {
    PingTask task = task();
    sendAll(task, SECOND);

    task.advance(SECOND + TAIL - 1, TAIL);
    assertThat(task.isWaitedFor()).isFalse();
    task.advance(SECOND + TAIL, TAIL);
    assertThat(task.isWaitedFor()).isTrue();
    assertThat(task.isComplete()).isFalse();
    task.onNetworkGood();
    assertThat(task.isComplete()).isTrue();
  }

  @Test
  void givenAllAnswers_whenTheLastHasCome_thenNobodyIsWaitedFor() {
    PingTask task = task();
    sendAll(task, SECOND);
    for (int position = 0; position < 65_536; position++) {
      task.onReply(task.address(position), 1_000_000);
    }

    task.advance(SECOND + 1, TAIL);

    assertThat(task.isComplete()).isTrue();
    assertThat(task.result()).doesNotContain(0);
  }

  @Test
  void givenRequestsThatCouldNotBeSent_whenTheRestIs_thenTheyAreTriedAgainBeforeItIsComplete() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    sendAll(task, 0);

    task.advance(TAIL, TAIL);
    assertThat(task.isWaitedFor()).isFalse();
    assertThat(task.nextPosition(TAIL)).isEqualTo(failed);
    task.onSent(failed, SendOutcome.SENT, TAIL);
    task.advance(2 * TAIL, TAIL);
    assertThat(task.isWaitedFor()).isTrue();
  }

  @Test
  void givenAnAddressThatNeverCanBeSentTo_whenTenMinutesHavePassed_thenItIsStuckNotComplete() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    sendAll(task, 0);

    task.advance(600 * SECOND, TAIL);

    assertThat(task.isStuck()).isTrue();
    assertThat(task.isWaitedFor()).isFalse();
  }

  @Test
  void givenAnAddressThatCouldNotBeSentTo_whenNothingCouldForLong_thenItIsNotStuckRightAfterThat() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    task.advance(599 * SECOND, TAIL);

    task.release(700 * SECOND);
    task.advance(701 * SECOND, TAIL);

    assertThat(task.isStuck()).isFalse();
    task.advance(1_300 * SECOND, TAIL);
    assertThat(task.isStuck()).isTrue();
  }

  @Test
  void givenAnAddressThatNeverCanBeSentTo_whenOthersAreLeft_thenTheyDoNotHideThatItIsStuck() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    for (long minute = 1; minute <= 10; minute++) {
      task.onSent(task.nextPosition(minute), SendOutcome.SENT, minute * 60 * SECOND);
      task.advance(minute * 60 * SECOND, TAIL);
    }

    assertThat(task.isStuck()).isTrue();
  }

  @Test
  void givenAnAddressThatNeverCanBeSentTo_whenTriedAgain_thenEachTimeLaterAndNotForEver() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    sendAll(task, 0);
    List<Long> attempts = new ArrayList<>();
    for (long second = 1; second < 3_600; second++) {
      Integer next = task.nextPosition(second * SECOND);
      if (next != null) {
        attempts.add(second);
        task.onSent(next, SendOutcome.UNREACHABLE, second * SECOND);
      }
    }

    assertThat(attempts).containsExactly(1L, 3L, 7L, 15L, 31L, 63L, 127L, 255L, 511L);
    task.advance(512 * SECOND, TAIL);
    assertThat(task.isStuck()).isTrue();
  }

  @Test
  void givenARetryThatIsDue_whenNewPositionsAreLeft_thenTheseComeFirst() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    List<Integer> next = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      next.add(task.nextPosition(TAIL));
      task.onSent(next.getLast(), SendOutcome.UNREACHABLE, TAIL);
    }

    assertThat(next.subList(0, 7)).doesNotContain(failed);
    assertThat(next).contains(failed);
  }

  @Test
  void givenAnAddressThatCouldNotBeSentTo_whenResumedAfterAKill_thenItIsSentTo() {
    PingTask task = task();
    for (int i = 0; i < 1_000; i++) {
      task.onSent(task.nextPosition(0), SendOutcome.SENT, 0);
    }
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    for (int i = 0; i < 1_000; i++) {
      task.onSent(task.nextPosition(0), SendOutcome.SENT, 0);
    }
    task.advance(0, TAIL);
    task.advance(TAIL, TAIL);
    task.onNetworkGood();

    PingTask resumed = PingTask.resume(task.snapshot());

    assertThat(resumed.sentShare()).isEqualTo(1_000 / 65_536.0);
    assertThat(sendAll(resumed, 0).get(failed)).isTrue();
  }

  @Test
  void givenATaskOfWhichNothingCanBeSent_whenTried_thenItIsHeldBackAndSendsOneRequestAtATime() {
    PingTask task = task();
    for (int i = 0; i < SendHold.FAILURES; i++) {
      assertThat(task.isHeld()).isFalse();
      task.onSent(task.nextPosition(0), SendOutcome.UNREACHABLE, 0);
    }

    assertThat(task.isHeld()).isTrue();
    assertThat(task.nextPosition(SECOND - 1)).isNull();
    int tried = task.nextPosition(SECOND);
    assertThat(task.nextPosition(SECOND)).isNull();
    task.onSent(tried, SendOutcome.UNREACHABLE, SECOND);
    assertThat(task.nextPosition(3 * SECOND - 1)).isNull();
    task.onSent(task.nextPosition(3 * SECOND), SendOutcome.SENT, 3 * SECOND);
    assertThat(task.isHeld()).isFalse();
    assertThat(task.nextPosition(3 * SECOND)).isNotNull();
  }

  @Test
  void givenARewind_whenTheNetworkWasLastGoodBefore_thenWhatWasSentSinceIsSentAgain() {
    PingTask task = task();
    for (int i = 0; i < 1_000; i++) {
      task.onSent(task.nextPosition(0), SendOutcome.SENT, 0);
    }
    task.advance(0, TAIL);
    task.advance(TAIL, TAIL);
    task.onNetworkGood();
    BitSet lost = sendAll(task, TAIL);
    task.advance(3 * TAIL, TAIL);
    assertThat(task.isWaitedFor()).isTrue();

    task.rewind();

    assertThat(task.isWaitedFor()).isFalse();
    assertThat(task.sentShare()).isEqualTo(1_000 / 65_536.0);
    assertThat(sendAll(task, 4 * TAIL)).isEqualTo(lost);
  }

  @Test
  void givenNetworksThatAreLeftOutLater_whenSentOn_thenTheyAreNotAndWhatWasFoundInThemIsGone() {
    PingTask task = task();
    task.onReply(0x7f090301, 1_000_000);
    task.onReply(0x7f090401, 1_000_000);

    task.exclude(List.of("127.9.3.0/24"));

    assertThat(task.answered()).isEqualTo(1);
    assertThat(task.onReply(0x7f090302, 1_000_000)).isFalse();
    BitSet sent = sendAll(task, 0);
    assertThat(sent.cardinality()).isEqualTo(65_536 - 256 - 1);
    assertThat(sent.nextSetBit(3 << 8)).isEqualTo(4 << 8);
    assertThat(task.snapshot().exclude()).containsExactly("127.9.3.0/24");
    assertThat(task.result()[0x301]).isZero();
  }

  @Test
  void givenNetworksThatAreLeftOut_whenKept_thenOnlyThoseOfTheBlockAndTheFewest() {
    PingTask task = task("10.0.0.0/8", "127.9.3.128/25", "127.9.3.0/25", "127.9.3.7/32");
    assertThat(task.excluded()).containsExactly("127.9.3.0/24");

    task.exclude(List.of("127.9.2.0/24", "127.10.0.0/16", "127.9.255.255/32", "127.9.4.0/23"));

    assertThat(task.excluded()).containsExactly("127.9.2.0/23", "127.9.4.0/23", "127.9.255.255/32");
    assertThat(task.snapshot().exclude()).isEqualTo(task.excluded());
  }

  @Test
  void givenABlockThatIsLeftOutWholly_whenKept_thenItIsOneNetwork() {
    assertThat(task("0.0.0.0/0").excluded()).containsExactly("127.9.0.0/16");
  }

  @Test
  void givenANetworkThatIsLifted_whenOthersAreLeftOut_thenItStaysLeftOutOfThisLease() {
    PingTask task = task("127.9.3.0/24");

    task.exclude(List.of("127.9.7.0/24"));

    assertThat(sendAll(task, 0).cardinality()).isEqualTo(65_536 - 2 * 256);
  }

  @Test
  void givenMoreNetworksThanAreKept_whenLeftOut_thenTheirNeighboursAreToo() {
    List<String> every = new ArrayList<>();
    for (int position = 1; position < 32_768; position += 2) {
      every.add(Cidr.ofV4(0x7f090000 | position, 32).toString());
    }
    PingTask task = task();

    task.exclude(every);

    assertThat(task.excluded()).containsExactly("127.9.0.0/17");
    assertThat(sendAll(task, 0).nextSetBit(0)).isEqualTo(32_768);
  }

  @Test
  void givenAnUnsentAddress_whenItIsLeftOut_thenTheTaskDoesNotWaitForIt() {
    PingTask task = task();
    int failed = task.nextPosition(0);
    task.onSent(failed, SendOutcome.UNREACHABLE, 0);
    sendAll(task, 0);

    task.exclude(List.of(Cidr.ofV4(task.address(failed), 32).toString()));
    task.advance(TAIL, TAIL);

    assertThat(task.isWaitedFor()).isTrue();
  }

  @Test
  void givenASnapshot_whenItIsResumed_thenOnlyAnswersAndSettledPositionsAreNotSentAgain() {
    PingTask task = task();
    for (int i = 0; i < 1_000; i++) {
      task.onSent(task.nextPosition(0), SendOutcome.SENT, 0);
    }
    task.advance(0, TAIL);
    int late = -1;
    for (int i = 0; i < 500; i++) {
      late = task.nextPosition(TAIL);
      task.onSent(late, SendOutcome.SENT, TAIL);
    }
    task.advance(TAIL, TAIL); // settles the first thousand
    task.onNetworkGood();
    task.onReply(task.address(late), 1_000_000);

    PingTask resumed = PingTask.resume(task.snapshot());
    BitSet again = sendAll(resumed, 0);

    assertThat(again.cardinality()).isEqualTo(65_536 - 1_000 - 1);
    assertThat(again.get(late)).isFalse();
    assertThat(resumed.answered()).isEqualTo(1);
  }

  @Test
  void givenACompleteTask_whenItsSnapshotIsResumed_thenItIsCompleteAtOnce() {
    PingTask task = task();
    sendAll(task, 0);
    task.onReply(0x7f090203, 3_000_000);
    task.advance(TAIL, TAIL);
    task.onNetworkGood();

    PingTask resumed = PingTask.resume(task.snapshot());

    assertThat(resumed.nextPosition(0)).isNull();
    assertThat(resumed.isComplete()).isTrue();
    assertThat(resumed.result()).isEqualTo(task.result());
  }

  @Test
  void givenASnapshotOfAnotherLength_whenResumed_thenItIsRefused() {
    PingTask.Snapshot snapshot = task().snapshot();

    assertThatThrownBy(() ->
            PingTask.resume(
                new PingTask.Snapshot(
                    1, List.of(), snapshot.generator(), snapshot.start(), 0, new byte[5])))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
