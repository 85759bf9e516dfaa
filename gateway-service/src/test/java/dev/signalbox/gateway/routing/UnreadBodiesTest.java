package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UnreadBodiesTest {

  private final AtomicLong now = new AtomicLong();
  private final MemoryBudget memory = new MemoryBudget(100);
  private final UnreadBodies.Pool pool = new UnreadBodies.Pool(memory);
  private final UnreadBodies bodies = pool.of(Runnable::run, now::get);
  private final List<String> cut = new ArrayList<>();

  private UnreadBodies.Share share(String name) {
    return bodies.share(() -> cut.add(name));
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
  void givenTwoResponsesOfOneConnection_whenOneTakesTheMemoryOfTheOther_thenNothingIsHeld() {
    List<UnreadBodies.Share> asking = new ArrayList<>();
    UnreadBodies.Share before = bodies.share(() -> asking.getFirst().end());
    before.take(100);
    asking.add(share("asking"));
    pass(3);

    assertThat(asking.getFirst().take(10)).isFalse();
    assertThat(memory.held()).isZero();
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
  void givenASlowClientOfAnotherEventLoop_whenAResponseIsRefused_thenTheNextHasTheMemory() {
    UnreadBodies beside = pool.of(Runnable::run, now::get);
    beside.share(() -> cut.add("beside")).take(100);
    pass(3);

    assertThat(share("first").take(10)).isFalse();
    assertThat(cut).containsExactly("beside");
    assertThat(share("next").take(10)).isTrue();
  }

  @Test
  void givenSlowClientsOfOtherEventLoops_whenAResponseIsRefused_thenNoMoreAreCutThanItNeeds() {
    for (int i = 0; i < 2; i++) {
      UnreadBodies beside = pool.of(Runnable::run, now::get);
      for (int j = 0; j < 5; j++) {
        String name = i + "/" + j;
        beside.share(() -> cut.add(name)).take(10);
      }
    }
    pass(3);

    assertThat(share("first").take(60)).isFalse();
    assertThat(cut).containsExactly("0/0", "0/1", "0/2", "0/3", "0/4", "1/0");
  }

  @Test
  void givenRoomMeanwhile_whenTheTurnOfAnotherEventLoopComes_thenItCutsNobody() {
    Deque<Runnable> turns = new ArrayDeque<>();
    UnreadBodies beside = pool.of(turns::add, now::get);
    beside.share(() -> cut.add("beside")).take(60);
    UnreadBodies.Share own = share("own");
    own.take(40);
    pass(1);
    own.progress();
    pass(1);
    assertThat(share("new").take(40)).isFalse();

    own.giveBack(40);
    while (!turns.isEmpty()) {
      turns.remove().run();
    }

    assertThat(cut).isEmpty();
  }

  @Test
  void givenResponsesCutAndRefused_whenCounted_thenTheNumbersAreRight() {
    share("slow").take(100);
    pass(3);
    share("quick").take(100);
    UnreadBodies.Share late = share("late");
    assertThat(late.take(1)).isFalse();

    assertThat(late.refused().status()).isEqualTo(503);
    assertThat(pool.cut()).isEqualTo(1);
    assertThat(pool.refused()).isEqualTo(1);
    assertThat(pool.held()).isEqualTo(100);
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
    Future<Boolean> large = share("large").takeInTurn(80, () -> false);
    Future<Boolean> small = share("small").takeInTurn(10, () -> false);

    holder.giveBack(50);
    assertThat(large.isComplete()).isFalse();
    assertThat(small.isComplete()).isFalse();
    holder.giveBack(50);

    assertThat(large.result()).isTrue();
    assertThat(small.result()).isTrue();
    assertThat(memory.held()).isEqualTo(90);
  }

  @Test
  void givenABodyThatWaits_whenItsClientLeaves_thenItTakesNothingAndTheNextGetsTheMemory() {
    UnreadBodies.Share holder = share("holder");
    holder.take(100);
    AtomicBoolean gone = new AtomicBoolean();
    Future<Boolean> left = share("left").takeInTurn(80, gone::get);
    Future<Boolean> next = share("next").takeInTurn(80, () -> false);
    gone.set(true);

    holder.giveBack(80);

    assertThat(left.result()).isFalse();
    assertThat(next.result()).isTrue();
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenABodyThatWaits_whenTheTimeIsUp_thenItIsRefused() {
    UnreadBodies.Share holder = share("holder");
    holder.take(100);
    Future<Boolean> waits = share("waits").takeInTurn(10, () -> false);
    for (int i = 0; i < 4; i++) {
      pass(1);
      holder.progress();
      bodies.serveWaiting();
      assertThat(waits.isComplete()).isFalse();
    }

    pass(1);
    holder.progress();
    bodies.serveWaiting();

    assertThat(waits.failed()).isTrue();
    assertThat(pool.refused()).isEqualTo(1);
    assertThat(memory.held()).isEqualTo(100);
  }

  @Test
  void givenABodyThatWaits_whenAHolderTakesNothing_thenThatIsCutForIt() {
    share("slow").take(100);
    Future<Boolean> waits = share("waits").takeInTurn(10, () -> false);
    pass(3);

    bodies.serveWaiting();

    assertThat(cut).containsExactly("slow");
    assertThat(waits.result()).isTrue();
  }

  @Test
  void givenABodyThatNeverFits_whenItIsToWait_thenItIsRefusedAtOnce() {
    assertThat(share("huge").takeInTurn(101, () -> false).failed()).isTrue();
  }

  @Test
  void givenManyBodies_whenTheyTakeInTurn_thenNoneIsForgottenAndNothingIsLeft() {
    Deque<UnreadBodies.Share> held = new ArrayDeque<>();
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      UnreadBodies.Share share = share("body" + i);
      all.add(share.takeInTurn(30, () -> false).onSuccess(_ -> held.add(share)));
    }
    while (!held.isEmpty()) {
      held.remove().giveBack(30);
    }

    assertThat(all).allMatch(Future::succeeded);
    assertThat(memory.held()).isZero();
  }
}
