package dev.signalbox.platform.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.signalbox.platform.limit.UnreadBodies.Grant;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnreadBodiesTest {

  private final AtomicLong now = new AtomicLong();
  private final MemoryBudget memory = new MemoryBudget(100);
  private final UnreadBodies bodies = new UnreadBodies(memory, now::get);
  private final List<String> cut = new ArrayList<>();

  private UnreadBodies.Share share(String name) {
    return bodies.share(Runnable::run, () -> cut.add(name));
  }

  private void pass(int seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void givenMemory_whenAResponseTakesIt_thenItIsHeldUntilGivenBack() {
    UnreadBodies.Share share = share("a");

    assertThat(share.take(60)).isTrue();
    assertThat(memory.held()).isEqualTo(60);

    share.giveBack(60);
    assertThat(memory.held()).isZero();
  }

  @Test
  void givenClientsThatJustRead_whenAnotherResponseComes_thenItIsRefused() {
    share("a").take(60);
    share("b").take(40);
    pass(1);

    assertThat(share("c").take(1)).isFalse();
    assertThat(cut).isEmpty();
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenClientsThatReadNothing_whenAnotherResponseComes_thenOnlyTheSlowestAreCut() {
    UnreadBodies.Share oldest = share("oldest");
    oldest.take(40);
    pass(1);
    share("second").take(30);
    pass(1);
    share("third").take(30);
    pass(2);
    oldest.progress();

    assertThat(share("new").take(50)).isTrue();

    assertThat(cut).containsExactly("second", "third");
    assertThat(memory.held()).isEqualTo(90);
  }

  @Test
  void givenAResponseThatWasCut_whenItGivesBackOrTakes_thenNothingChanges() {
    UnreadBodies.Share slow = share("slow");
    slow.take(100);
    pass(3);
    assertThat(share("new").take(100)).isTrue();

    slow.giveBack(100);

    assertThat(slow.take(1)).isFalse();
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenAResponseLargerThanAll_whenItTakes_thenItIsRefusedAndIsNotItsOwnVictim() {
    UnreadBodies.Share share = share("a");
    share.take(50);
    pass(10);

    assertThat(share.take(51)).isFalse();
    assertThat(cut).isEmpty();
    assertThat(memory.held()).isEqualTo(50);
  }

  @Test
  void givenClientsThatReadNothing_whenAResponseLargerThanAllComes_thenNobodyIsCutForIt() {
    share("a").take(50);
    share("b").take(50);
    pass(10);

    assertThat(share("new").take(101)).isFalse();
    assertThat(cut).isEmpty();
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenTheSlowestAsks_whenThereIsNoRoom_thenTheNextSlowestIsCut() {
    UnreadBodies.Share slowest = share("slowest");
    slowest.take(50);
    share("next").take(30);
    share("last").take(20);
    pass(3);

    assertThat(slowest.take(10)).isTrue();
    assertThat(cut).containsExactly("next");
    assertThat(memory.held()).isEqualTo(80);
  }

  @Test
  void givenAClientThatHasTakenAllThereIs_whenAnotherNeedsRoom_thenItIsNotCut() {
    UnreadBodies.Share waiting = share("waiting");
    waiting.take(50);
    waiting.caughtUp();
    share("slow").take(50);
    pass(10);

    assertThat(share("new").take(60)).isFalse();
    assertThat(cut).containsExactly("slow");

    waiting.progress(); // There is more to take, which it does not.
    pass(10);
    assertThat(share("new").take(60)).isTrue();
    assertThat(cut).containsExactly("slow", "waiting");
  }

  @Test
  void givenHalfOfItTaken_whenReadingAhead_thenItIsRefusedWithoutCuttingAnyone() {
    share("a").take(40);
    pass(10);

    assertThat(share("b").takeAhead(10)).isTrue();
    assertThat(share("c").takeAhead(1)).isFalse();
    assertThat(cut).isEmpty();
  }

  @Test
  void givenResponsesCutAndRefused_whenCounted_thenTheNumbersAreRight() {
    share("slow").take(100);
    pass(3);
    share("quick").take(100);
    UnreadBodies.Share late = share("late");
    assertThat(late.take(1)).isFalse();

    assertThat(bodies.cut()).isEqualTo(1);
    assertThat(bodies.refused()).isEqualTo(1);
    assertThat(bodies.held()).isEqualTo(100);
  }

  @Test
  void givenTenThousandResponses_whenTheyEndInAnyWay_thenNothingIsHeld() {
    Random random = new Random(5);
    List<UnreadBodies.Share> open = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      UnreadBodies.Share share = share("r" + i);
      int bytes = 1 + random.nextInt(60);
      if (random.nextBoolean() ? share.take(bytes) : share.takeAhead(bytes)) {
        open.add(share);
      }
      now.addAndGet(random.nextInt(2_000_000_000));
      assertThat(memory.held()).isBetween(0L, 100L);
      if (random.nextInt(3) == 0 && !open.isEmpty()) {
        open.remove(random.nextInt(open.size())).end();
      }
    }

    open.forEach(UnreadBodies.Share::end);

    assertThat(memory.held()).isZero();
  }

  @Test
  void givenNoMemory_whenBodiesWait_thenTheyGetItInOrderOfArrival() {
    UnreadBodies.Share holder = share("holder");
    holder.take(100);
    Future<Grant> large = share("large").takeInTurn(80);
    Future<Grant> small = share("small").takeInTurn(10);

    holder.giveBack(50);
    assertThat(large.isComplete()).isFalse();
    assertThat(small.isComplete()).isFalse();
    holder.giveBack(50);

    assertThat(large.result()).isEqualTo(Grant.TAKEN);
    assertThat(small.result()).isEqualTo(Grant.TAKEN);
    assertThat(memory.held()).isEqualTo(90);
  }

  @Test
  void givenABodyThatWaits_whenItsClientLeaves_thenItTakesNothingAndTheNextGetsTheMemory() {
    UnreadBodies.Share holder = share("holder");
    holder.take(100);
    UnreadBodies.Share leaving = share("leaving");
    Future<Grant> left = leaving.takeInTurn(80);
    Future<Grant> next = share("next").takeInTurn(20);
    holder.giveBack(20);
    assertThat(next.isComplete()).isFalse();

    leaving.leave();

    assertThat(left.result()).isEqualTo(Grant.GONE);
    assertThat(next.result()).isEqualTo(Grant.TAKEN);
    assertThat(leaving.take(1)).isFalse();
    assertThat(leaving.takeInTurn(1).result()).isEqualTo(Grant.GONE);
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenABodyThatIsBeingMade_whenItsClientLeaves_thenItIsHeldUntilItsEnd() {
    UnreadBodies.Share share = share("made");
    share.caughtUp();
    share.take(80);

    share.leave();

    assertThat(memory.held()).isEqualTo(80);
    share.end();
    assertThat(memory.held()).isZero();
  }

  @Test
  void givenBodiesThatWait_whenOneIsThereAlreadyOrReadsAhead_thenOnlyTheFirstGoesBefore() {
    UnreadBodies.Share holder = share("holder");
    holder.take(40);
    UnreadBodies.Share waits = share("waits");
    waits.takeInTurn(70);

    assertThat(share("ahead").takeAhead(1)).isFalse();
    assertThat(share("made").take(60)).isTrue();
  }

  @Test
  void givenResponsesOfManyThreads_whenTheyTakeWaitAndEnd_thenNothingIsHeldAndNoneIsForgotten()
      throws Exception {
    ExecutorService loop = Executors.newSingleThreadExecutor();
    AtomicLong answered = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      threads.add(
          Thread.startVirtualThread(() -> {
            for (int round = 0; round < 2_000; round++) {
              UnreadBodies.Share share = bodies.share(loop, () -> {});
              int bytes = 1 + random.nextInt(60);
              share
                  .takeInTurn(bytes)
                  .onSuccess(grant -> {
                    answered.incrementAndGet();
                    if (grant == Grant.TAKEN) {
                      share.giveBack(bytes);
                    }
                  });
              if (random.nextInt(4) == 0) {
                share.end();
              }
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    await().untilAtomic(answered, equalTo(16_000L));
    loop.close();

    assertThat(memory.held()).isZero();
  }

  @Test
  void givenABodyThatWaits_whenTheTimeIsUp_thenItIsRefused() {
    UnreadBodies.Share holder = share("holder");
    holder.take(100);
    Future<Grant> waits = share("waits").takeInTurn(10);
    for (int i = 0; i < 4; i++) {
      pass(1);
      holder.progress();
      bodies.look();
      assertThat(waits.isComplete()).isFalse();
    }

    pass(1);
    holder.progress();
    bodies.look();

    assertThat(waits.result()).isEqualTo(Grant.OVERLOADED);
    assertThat(bodies.refused()).isEqualTo(1);
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenABodyThatWaits_whenAHolderTakesNothing_thenThatIsCutForIt() {
    share("slow").take(100);
    Future<Grant> waits = share("waits").takeInTurn(10);
    pass(3);

    bodies.look();

    assertThat(cut).containsExactly("slow");
    assertThat(waits.result()).isEqualTo(Grant.TAKEN);
  }

  @Test
  void givenABodyThatNeverFits_whenItIsToWait_thenItIsRefusedAtOnce() {
    assertThat(share("huge").takeInTurn(101).result()).isEqualTo(Grant.NEVER_FITS);
  }

  @Test
  void givenManyBodies_whenTheyTakeInTurn_thenNoneIsForgottenAndNothingIsLeft() {
    Deque<UnreadBodies.Share> held = new ArrayDeque<>();
    List<Future<Grant>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      UnreadBodies.Share share = share("body" + i);
      all.add(share.takeInTurn(30).onSuccess(_ -> held.add(share)));
    }
    while (!held.isEmpty()) {
      held.remove().giveBack(30);
    }

    assertThat(all).allMatch(Future::succeeded);
    assertThat(memory.held()).isZero();
  }
}
