package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is so where nothing can be lost on the way. */
@ExtendWith(VertxExtension.class)
class DirectCarrierTest {

  record Question(String text) {}

  record Answer(String text) {}

  private static final Operation<Question, Answer> ASK =
      Operation.repeatable("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(5));

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
    bus = Bus.on(vertx);
  }

  @Test
  void withinAProcessALateAnswerIsNotAskedForAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              return vertx.timer(1_500, TimeUnit.MILLISECONDS).map(late -> new Answer("late"));
            })
        .await(20, TimeUnit.SECONDS);

    Answer answer =
        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(4)))
            .await(20, TimeUnit.SECONDS);

    assertThat(answer.text()).isEqualTo("late");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void ofHandlersWithoutCallsTheOneOnTheCallersEventLoopIsCalled(VertxTestContext test)
      throws Exception {
    Context mine = ((VertxInternal) vertx).createEventLoopContext();
    Context other = ((VertxInternal) vertx).createEventLoopContext();
    for (Context context : List.of(other, mine)) {
      CompletableFuture<Void> served = new CompletableFuture<>();
      context.runOnContext(_ ->
          bus.serve(
                  ASK,
                  (request, call) ->
                      Future.succeededFuture(new Answer(context.equals(mine) ? "near" : "far")))
              .onComplete(done -> served.complete(null)));
      served.get(5, TimeUnit.SECONDS);
    }

    mine.runOnContext(_ ->
        Future.all(
                IntStream.range(0, 10)
                    .mapToObj(i ->
                        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                            .map(Answer::text))
                    .toList())
            .onComplete(
                test.succeeding(answers ->
                    test.verify(() -> {
                      assertThat(answers.<String>list()).hasSize(10).containsOnly("near");
                      test.completeNow();
                    }))));
  }

  @Test
  void aHandlerWithFewerCallsIsPreferred() throws Exception {
    Context mine = ((VertxInternal) vertx).createEventLoopContext();
    Context other = ((VertxInternal) vertx).createEventLoopContext();
    Map<Context, AtomicInteger> calls =
        Map.of(mine, new AtomicInteger(), other, new AtomicInteger());
    for (Context context : List.of(other, mine)) {
      CompletableFuture<Void> served = new CompletableFuture<>();
      context.runOnContext(_ ->
          bus.serve(
                  ASK,
                  (request, call) -> {
                    Objects.requireNonNull(calls.get(context)).incrementAndGet();
                    return Promise.<Answer>promise().future();
                  })
              .onComplete(done -> served.complete(null)));
      served.get(5, TimeUnit.SECONDS);
    }

    mine.runOnContext(_ -> {
      for (int i = 0; i < 10; i++) {
        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(30)));
      }
    });

    Awaitility.await()
        .untilAsserted(
            () -> assertThat(calls.values()).extracting(AtomicInteger::get).containsExactly(5, 5));
  }
}
