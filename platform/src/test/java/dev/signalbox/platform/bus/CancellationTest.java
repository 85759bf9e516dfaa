package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
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
  void givenEqualActions_whenOneIsRemoved_thenTheOtherStillRuns(
      Vertx vertx, VertxTestContext test) {
    Runnable action = test::completeNow;

    vertx.runOnContext(_ -> {
      Cancellation.Registration first = cancellation.onRequest(action);
      cancellation.onRequest(action);
      first.remove();
      cancellation.request();
    });
  }

  @Test
  void givenARequestedOne_whenListenedTo_thenTheActionRunsAtOnce() {
    cancellation.request();

    cancellation.onRequest(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void givenAContext_whenRequestedFromElsewhere_thenTheActionRunsOnThatContext(
      Vertx vertx, VertxTestContext test) {
    Context context = vertx.getOrCreateContext();
    Promise<Void> listening = Promise.promise();
    context.runOnContext(_ -> {
      cancellation.onRequest(() ->
          test.verify(() -> {
            assertThat(Vertx.currentContext()).isSameAs(context);
            test.completeNow();
          }));
      listening.complete();
    });

    listening.future().onComplete(test.succeeding(_ -> new Thread(cancellation::request).start()));
  }

  @Test
  void givenCallsAlwaysWanted_whenRequested_thenNothingHappens() {
    Cancellation.NEVER.onRequest(runs::incrementAndGet);

    Cancellation.NEVER.request();

    assertThat(runs).hasValue(0);
    assertThat(Cancellation.NEVER.requested()).isFalse();
  }
}
