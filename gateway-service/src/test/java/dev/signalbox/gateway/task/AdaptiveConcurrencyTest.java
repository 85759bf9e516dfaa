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

class AdaptiveConcurrencyTest {

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicInteger woken = new AtomicInteger();
  private final AdaptiveConcurrency adaptive =
      new AdaptiveConcurrency(vertx, woken::incrementAndGet);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** On the event loop that it belongs to. */
  private <T> T on(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.runOnContext(_ -> done.complete(work.get()));
    return done.join();
  }

  private boolean allowsOneMore(int inFlight) {
    return on(() -> adaptive.allowsOneMore(inFlight));
  }

  private void onResult(long bytes) {
    on(() -> {
      adaptive.onResult(bytes);
      return true;
    });
  }

  @Test
  void oneTaskMayAlwaysBegin() {
    onResult(1L << 40);

    assertThat(allowsOneMore(0)).isTrue();
    assertThat(allowsOneMore(1)).isFalse();
  }

  @Test
  void fewBeginBeforeAnyAnswerIsKnown() {
    assertThat(allowsOneMore(15)).isTrue();
    assertThat(allowsOneMore(10_000)).isFalse();
  }

  @Test
  void answersThatTakeLongAreNotWaitedFor() {
    await().until(() -> allowsOneMore(10_000));

    assertThat(woken.get()).isPositive();
  }

  @Test
  void manyBeginWhenAnswersAreSmall() {
    onResult(300);

    assertThat(allowsOneMore(10_000)).isTrue();
  }

  @Test
  void aLargeAnswerCountsAtOnce() {
    onResult(300);
    onResult(4 << 20);

    assertThat(allowsOneMore(3)).isTrue();
    assertThat(allowsOneMore(4)).isFalse();
  }

  @Test
  void aLargeAnswerIsForgottenLittleByLittle() {
    onResult(4 << 20);
    onResult(300);
    assertThat(allowsOneMore(5)).isFalse();

    for (int i = 0; i < 200; i++) {
      onResult(300);
    }

    assertThat(allowsOneMore(10_000)).isTrue();
  }
}
