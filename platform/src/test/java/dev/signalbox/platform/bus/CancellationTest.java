package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {

  private final Cancellation cancellation = new Cancellation("c1");
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void givenAListener_whenRequestedTwice_thenItRunsOnce() {
    cancellation.onRequest(runs::incrementAndGet);

    cancellation.request();
    cancellation.request();

    assertThat(runs).hasValue(1);
    assertThat(cancellation.requested()).isTrue();
  }

  @Test
  void givenARemovedListener_whenRequested_thenItDoesNotRun() {
    cancellation.onRequest(runs::incrementAndGet).remove();

    cancellation.request();

    assertThat(runs).hasValue(0);
  }

  @Test
  void givenEqualActions_whenOneIsRemoved_thenTheOtherStillRuns() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Context context = vertx.getOrCreateContext();
      CompletableFuture<Void> ran = new CompletableFuture<>();
      Runnable action = () -> ran.complete(null);
      context.runOnContext(_ -> {
        Cancellation.Registration first = cancellation.onRequest(action);
        cancellation.onRequest(action);
        first.remove();
        cancellation.request();
      });

      assertThat(ran).succeedsWithin(5, TimeUnit.SECONDS);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void givenARequestedOne_whenListenedTo_thenTheActionRunsAtOnce() {
    cancellation.request();

    cancellation.onRequest(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void givenAContext_whenRequestedFromElsewhere_thenTheActionRunsOnThatContext() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Context context = vertx.getOrCreateContext();
      CompletableFuture<Context> ranOn = new CompletableFuture<>();
      CompletableFuture<Void> listening = new CompletableFuture<>();
      context.runOnContext(_ -> {
        cancellation.onRequest(() -> ranOn.complete(Vertx.currentContext()));
        listening.complete(null);
      });
      listening.get(5, TimeUnit.SECONDS);

      cancellation.request();

      assertThat(ranOn.get(5, TimeUnit.SECONDS)).isSameAs(context);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void givenCallsAlwaysWanted_whenRequested_thenNothingHappens() {
    Cancellation.NEVER.onRequest(runs::incrementAndGet);

    Cancellation.NEVER.request();

    assertThat(runs).hasValue(0);
    assertThat(Cancellation.NEVER.requested()).isFalse();
  }
}
