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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class ConcurrencyLimiterTest {

  private static final long LONG_MS = 60_000;

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

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givenAnyMixOfArrivalsAndDepartures_whenAllAreOver_thenNothingIsHeldAndNobodyWasForgotten(
      long seed, Vertx vertx, VertxTestContext test) {
    int requests = 400;
    ConcurrencyLimiter limiter = new ConcurrencyLimiter(5, 20);
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
      arrivals.add(() ->
          loop.runOnContext(_ -> {
            Permit permit = limiter.acquire(loop, waitMs);
            permit
                .granted()
                .onComplete(granted -> {
                  most.accumulateAndGet(limiter.inFlight(), Math::max);
                  decided.flag();
                  if (granted.failed() || workMs == 0) {
                    permit.release();
                  } else {
                    vertx.setTimer(workMs, _ -> permit.release());
                  }
                });
            if (leavesEarly && !permit.granted().isComplete()) {
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
  }
}
