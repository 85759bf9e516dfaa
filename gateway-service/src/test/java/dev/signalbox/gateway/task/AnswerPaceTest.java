package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AnswerPaceTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicInteger woken = new AtomicInteger();
  private final AnswerPace pace = new AnswerPace(vertx, woken::incrementAndGet);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** On the event loop that the pace belongs to. */
  private <T> T on(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.runOnContext(_ -> done.complete(work.get()));
    return done.join();
  }

  private boolean mayBegin(int underWay) {
    return on(() -> pace.mayBegin(underWay));
  }

  private void answered(long bytes) {
    on(() -> {
      pace.answered(bytes);
      return true;
    });
  }

  @Test
  void oneTaskMayAlwaysBegin() {
    answered(1L << 40);

    assertThat(mayBegin(0)).isTrue();
    assertThat(mayBegin(1)).isFalse();
  }

  @Test
  void fewBeginBeforeAnyAnswerIsKnown() {
    assertThat(mayBegin(15)).isTrue();
    assertThat(mayBegin(10_000)).isFalse();
  }

  @Test
  void answersThatTakeLongAreNotWaitedFor() {
    await().until(() -> mayBegin(10_000));

    assertThat(woken.get()).isPositive();
  }

  @Test
  void manyBeginWhenAnswersAreSmall() {
    answered(300);

    assertThat(mayBegin(10_000)).isTrue();
  }

  @Test
  void aLargeAnswerCountsAtOnce() {
    answered(300);
    answered(4 << 20);

    assertThat(mayBegin(3)).isTrue();
    assertThat(mayBegin(4)).isFalse();
  }

  @Test
  void aLargeAnswerIsForgottenLittleByLittle() {
    answered(4 << 20);
    answered(300);
    assertThat(mayBegin(5)).isFalse();

    for (int i = 0; i < 200; i++) {
      answered(300);
    }

    assertThat(mayBegin(10_000)).isTrue();
  }
}
