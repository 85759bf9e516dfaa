package dev.signalbox.platform.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  @Test
  void givenABudget_whenMoreIsAskedForThanIsLeft_thenNothingIsTaken() {
    MemoryBudget budget = new MemoryBudget(100);

    assertThat(budget.tryAcquire(60)).isTrue();
    assertThat(budget.tryAcquire(41)).isFalse();
    assertThat(budget.tryAcquire(40)).isTrue();
    assertThat(budget.held()).isEqualTo(100);
  }

  @Test
  void givenAHeap_whenItsBudgetIsMade_thenItIsThatShare() {
    long heap = Runtime.getRuntime().maxMemory();

    MemoryBudget budget = MemoryBudget.ofHeap(4);

    assertThat(budget.tryAcquire(heap / 4 + 1)).isFalse();
    assertThat(budget.tryAcquire(heap / 4)).isTrue();
  }

  @Test
  void givenRequestsThatAreTooLarge_whenSmallOnesComeAtTheSameTime_thenEachSmallOneIsTaken()
      throws InterruptedException {
    MemoryBudget budget = new MemoryBudget(1_000);
    AtomicBoolean over = new AtomicBoolean();
    Thread large =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                budget.tryAcquire(1_001);
              }
            });
    int taken = 0;
    for (int n = 0; n < 100_000; n++) {
      if (budget.tryAcquire(1)) {
        taken++;
        budget.release(1);
      }
    }
    over.set(true);
    large.join();

    assertThat(taken).isEqualTo(100_000);
  }

  @Test
  void givenMoreThanALongHolds_whenItIsAskedFor_thenNothingIsTaken() {
    MemoryBudget budget = new MemoryBudget(100);
    budget.tryAcquire(60);

    assertThat(budget.tryAcquire(Long.MAX_VALUE)).isFalse();
    assertThat(budget.held()).isEqualTo(60);
  }

  @Test
  void givenManyThreads_whenAllHaveGivenBack_thenNothingIsHeldAndTheLimitWasKept()
      throws InterruptedException {
    MemoryBudget budget = new MemoryBudget(1_000);
    AtomicLong holders = new AtomicLong();
    AtomicLong most = new AtomicLong();
    CountDownLatch done = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      Thread.ofVirtual()
          .start(() -> {
            for (int n = 0; n < 5_000; n++) {
              long bytes = random.nextInt(400);
              if (budget.tryAcquire(bytes)) {
                most.accumulateAndGet(holders.addAndGet(bytes), Math::max);
                holders.addAndGet(-bytes);
                budget.release(bytes);
              }
            }
            done.countDown();
          });
    }

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(budget.held()).isZero();
    assertThat(most.get()).isLessThanOrEqualTo(1_000);
  }
}
