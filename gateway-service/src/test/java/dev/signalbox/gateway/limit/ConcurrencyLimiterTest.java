package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.ConcurrencyLimiter.Permit;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.Refusal;
import dev.signalbox.gateway.limit.ConcurrencyLimiter.RefusedException;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.Checkpoint;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class ConcurrencyLimiterTest {

  private static final long LONG_MS = 60_000;

  private static final List<String> ONE = List.of("one");
  private static final List<String> OTHER = List.of("other");

  private static ContextInternal context(Vertx vertx) {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  @Test
  void givenPlaces_whenAcquired_thenTheyAreThereAtOnce(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 0);

    Permit first = limiter.acquire(context(vertx), LONG_MS);
    Permit second = limiter.acquire(context(vertx), LONG_MS);

    assertThat(first.granted().succeeded()).isTrue();
    assertThat(second.granted().succeeded()).isTrue();
    assertThat(limiter.inFlight()).isEqualTo(2);
  }

  @Test
  void givenNoPlaceAndNoLine_whenAcquired_thenItIsRefused(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 0);
    limiter.acquire(context(vertx), LONG_MS);

    Permit refused = limiter.acquire(context(vertx), LONG_MS);

    assertThat(refused.granted().cause())
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(Refusal.FULL));
    refused.release();
    assertThat(limiter.inFlight()).isEqualTo(1);
  }

  @Test
  void givenALine_whenAPlaceIsGivenBack_thenTheFirstInLineHasIt(
      Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 2);
    Permit holder = limiter.acquire(context(vertx), LONG_MS);
    Permit first = limiter.acquire(context(vertx), LONG_MS);
    Permit second = limiter.acquire(context(vertx), LONG_MS);

    holder.release();

    first
        .granted()
        .onComplete(
            test.succeeding(_ ->
                test.verify(() -> {
                  assertThat(second.granted().isComplete()).isFalse();
                  assertThat(limiter.inFlight()).isEqualTo(1);
                  assertThat(limiter.waiting()).isEqualTo(1);
                  test.completeNow();
                })));
  }

  @Test
  void givenALine_whenTheWaitIsOver_thenItIsRefusedAndTheLineIsShorter(
      Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 1);
    limiter.acquire(context(vertx), LONG_MS);

    Permit late = limiter.acquire(context(vertx), 20);

    late.granted()
        .onComplete(
            test.failing(e ->
                test.verify(() -> {
                  assertThat(((RefusedException) e).reason()).isEqualTo(Refusal.WAITED_TOO_LONG);
                  assertThat(limiter.waiting()).isZero();
                  test.completeNow();
                })));
  }

  @Test
  void givenOneInLine_whenItLeaves_thenThePlaceGoesToTheNext(Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(1, 2);
    Permit holder = limiter.acquire(context(vertx), LONG_MS);
    Permit leaver = limiter.acquire(context(vertx), LONG_MS);
    Permit next = limiter.acquire(context(vertx), LONG_MS);

    leaver.release();
    holder.release();

    next.granted().onComplete(test.succeedingThenComplete());
  }

  @Test
  void givenAPermit_whenReleasedTwice_thenOnePlaceIsGivenBack(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 0);
    Permit permit = limiter.acquire(context(vertx), LONG_MS);
    limiter.acquire(context(vertx), LONG_MS);

    permit.release();
    permit.release();

    assertThat(limiter.inFlight()).isEqualTo(1);
  }

  private static Refusal refusal(Permit permit) {
    return permit.granted().cause() instanceof RefusedException refused ? refused.reason() : null;
  }

  @Test
  void givenAClientAtItsBound_whenPlacesAreLeft_thenItAloneIsRefused(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(3, 2, 0);
    limiter.acquire(ONE, context(vertx), LONG_MS);
    limiter.acquire(ONE, context(vertx), LONG_MS);

    assertThat(refusal(limiter.acquire(ONE, context(vertx), LONG_MS))).isEqualTo(Refusal.CLIENT);
    assertThat(limiter.acquire(OTHER, context(vertx), LONG_MS).granted().succeeded()).isTrue();
    assertThat(refusal(limiter.acquire(ONE, context(vertx), LONG_MS))).isEqualTo(Refusal.FULL);
  }

  @ParameterizedTest
  @CsvSource({"a b, a c", "a b, c b"})
  void givenAClientOfTwoNames_whenOneOfThemIsAtItsBound_thenItIsRefused(
      String first, String second, Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(3, 1, 0);
    Permit held = limiter.acquire(List.of(first.split(" ")), context(vertx), LONG_MS);
    List<String> other = List.of(second.split(" "));

    assertThat(refusal(limiter.acquire(other, context(vertx), LONG_MS))).isEqualTo(Refusal.CLIENT);

    held.release();
    assertThat(limiter.acquire(other, context(vertx), LONG_MS).granted().succeeded()).isTrue();
  }

  @Test
  void givenAClientAtItsBoundInLine_whenAnotherComes_thenItHasAFreePlaceAtOnce(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 1, 5);
    limiter.acquire(ONE, context(vertx), LONG_MS);
    Permit waiting = limiter.acquire(ONE, context(vertx), LONG_MS);

    assertThat(limiter.acquire(OTHER, context(vertx), LONG_MS).granted().succeeded()).isTrue();
    assertThat(waiting.granted().isComplete()).isFalse();
  }

  @Test
  void givenAClientAtItsBoundFirstInLine_whenAnotherGivesAPlaceBack_thenTheNextInLineHasIt(
      Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 1, 5);
    limiter.acquire(ONE, context(vertx), LONG_MS);
    Permit released = limiter.acquire(OTHER, context(vertx), LONG_MS);
    Permit atItsBound = limiter.acquire(ONE, context(vertx), LONG_MS);
    Permit next = limiter.acquire(List.of("third"), context(vertx), LONG_MS);

    released.release();

    next.granted()
        .onComplete(
            test.succeeding(_ ->
                test.verify(() -> {
                  assertThat(atItsBound.granted().isComplete()).isFalse();
                  test.completeNow();
                })));
  }

  @Test
  void givenTwoInLineForOneClient_whenItsPlaceIsGivenBack_thenBothHaveOneIfBothMay(
      Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(5, 1, 5);
    Permit holder = limiter.acquire(List.of("address", "token"), context(vertx), LONG_MS);
    Permit sameAddress = limiter.acquire(List.of("address"), context(vertx), LONG_MS);
    Permit sameToken = limiter.acquire(List.of("other", "token"), context(vertx), LONG_MS);
    Checkpoint granted = test.checkpoint(2);

    holder.release();

    sameAddress.granted().onComplete(test.succeeding(_ -> granted.flag()));
    sameToken.granted().onComplete(test.succeeding(_ -> granted.flag()));
  }

  @Test
  void givenAClientAtItsBoundInLine_whenTheWaitIsOver_thenItIsRefusedForItsBound(
      Vertx vertx, VertxTestContext test) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, 1, 5);
    limiter.acquire(ONE, context(vertx), LONG_MS);

    Permit late = limiter.acquire(ONE, context(vertx), 20);

    late.granted()
        .onComplete(
            test.failing(_ ->
                test.verify(() -> {
                  assertThat(refusal(late)).isEqualTo(Refusal.CLIENT);
                  test.completeNow();
                })));
  }

  /** Names that count how often they are looked at. */
  private static final class CountedNames extends AbstractList<String> {

    private final List<String> names;
    private final AtomicInteger looks;

    private CountedNames(List<String> names, AtomicInteger looks) {
      this.names = names;
      this.looks = looks;
    }

    @Override
    public String get(int index) {
      looks.incrementAndGet();
      return names.get(index);
    }

    @Override
    public int size() {
      return names.size();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a permit is free, 5, other, 0",
    "all permits are in use, 4, other, 0",
    "a permit is free, 5, token, 2",
    "all permits are in use, 4, token, 2"
  })
  void givenALongQueueOfClientsAtTheirBound_whenAPermitIsReleased_thenItIsNotSearched(
      String how, int permits, String releases, int mostLooks, Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(permits, 3, 2_000);
    Map<String, Permit> last = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      last.put(
          "token", limiter.acquire(List.of("address " + i % 2, "token"), context(vertx), LONG_MS));
    }
    last.put("other", limiter.acquire(OTHER, context(vertx), LONG_MS));
    AtomicInteger looks = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      List<String> names = new CountedNames(List.of("token", "address " + i), looks);
      limiter.acquire(names, context(vertx), LONG_MS);
    }
    looks.set(0);

    last.get(releases).release();

    // Each look is twice at one of them: whether it may have the permit, and that it has it.
    assertThat(looks.get()).as(how).isLessThanOrEqualTo(2 * mostLooks);
  }

  @Test
  void givenAQueueThatWasSearched_whenAPermitIsReleasedAgain_thenItIsNotSearchedAgain(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(4, 3, 2_000);
    limiter.acquire(ONE, context(vertx), LONG_MS);
    limiter.acquire(ONE, context(vertx), LONG_MS);
    Permit third = limiter.acquire(OTHER, context(vertx), LONG_MS);
    Permit fourth = limiter.acquire(OTHER, context(vertx), LONG_MS);
    AtomicInteger looks = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      // Not at their bound yet: no permit is free.
      limiter.acquire(new CountedNames(ONE, looks), context(vertx), LONG_MS);
    }
    third.release();
    fourth.release();
    assertThat(limiter.inFlight()).isEqualTo(3);
    fourth = limiter.acquire(OTHER, context(vertx), LONG_MS);
    assertThat(limiter.inFlight()).isEqualTo(4);
    looks.set(0);

    fourth.release();

    assertThat(looks.get()).isZero();
  }

  @Test
  void givenTenThousandClients_whenAllHaveLeft_thenNoneIsKept(Vertx vertx) {
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(20_000, 2, 0);
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      permits.add(limiter.acquire(List.of("client " + i / 2), context(vertx), LONG_MS));
    }
    assertThat(limiter.clients()).isEqualTo(10_000);

    permits.forEach(Permit::release);

    assertThat(limiter.clients()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givenAnyMixOfArrivalsAndDepartures_whenAllAreOver_thenNothingIsHeldAndNobodyWasForgotten(
      long seed, Vertx vertx, VertxTestContext test) {
    int requests = 400;
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(5, 3, 20);
    Map<String, AtomicInteger> holding = new HashMap<>();
    AtomicInteger mostOfOne = new AtomicInteger();
    Checkpoint decided = test.checkpoint(requests);
    AtomicInteger most = new AtomicInteger();
    List<ContextInternal> loops = List.of(context(vertx), context(vertx), context(vertx));
    Random random = new Random(seed);
    List<Runnable> arrivals = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      ContextInternal loop = loops.get(i % loops.size());
      long waitMs = random.nextLong(1, 21);
      long workMs = random.nextLong(3);
      boolean leavesEarly = random.nextInt(5) == 0;
      String name = "client " + random.nextInt(3);
      AtomicInteger holds = holding.computeIfAbsent(name, _ -> new AtomicInteger());
      arrivals.add(() ->
          loop.runOnContext(_ -> {
            Permit permit = limiter.acquire(List.of(name), loop, waitMs);
            boolean[] left = new boolean[1];
            permit
                .granted()
                .onComplete(granted -> {
                  if (left[0]) {
                    return; // It was granted in the moment in which it left.
                  }
                  most.accumulateAndGet(limiter.inFlight(), Math::max);
                  decided.flag();
                  if (granted.failed()) {
                    permit.release();
                    return;
                  }
                  mostOfOne.accumulateAndGet(holds.incrementAndGet(), Math::max);
                  Runnable end =
                      () -> {
                        holds.decrementAndGet();
                        permit.release();
                      };
                  if (workMs == 0) {
                    end.run();
                  } else {
                    vertx.setTimer(workMs, _ -> end.run());
                  }
                });
            if (leavesEarly && !permit.granted().isComplete()) {
              left[0] = true;
              permit.release();
              // Nobody decides about one that has left.
              decided.flag();
            }
          }));
    }

    arrivals.forEach(Runnable::run);

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> test.completed() && limiter.inFlight() == 0 && limiter.waiting() == 0);
    assertThat(most.get()).isLessThanOrEqualTo(5);
    assertThat(mostOfOne.get()).isLessThanOrEqualTo(3);
    assertThat(limiter.clients()).isZero();
  }
}
