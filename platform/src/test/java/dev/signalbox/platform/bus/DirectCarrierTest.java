package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is so where nothing can be lost on the way. */
class DirectCarrierTest {

  record Question(String text) {}

  record Answer(String text) {}

  private static final Operation<Question, Answer> ASK =
      Operation.repeatable("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(5));

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    bus = Bus.on(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void withinAProcessALateAnswerIsNotAskedForAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              return vertx.timer(1_500, TimeUnit.MILLISECONDS).map(late -> new Answer("late"));
            }));

    Answer answer = await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(2))));

    assertThat(answer.text()).isEqualTo("late");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void ofHandlersWithoutCallsTheOneOnTheCallersEventLoopIsCalled() throws Exception {
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
    List<String> answers = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();

    mine.runOnContext(_ ->
        Future.all(
                IntStream.range(0, 10)
                    .mapToObj(i ->
                        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                            .onSuccess(answer -> answers.add(answer.text())))
                    .toList())
            .onComplete(done -> asked.complete(null)));

    asked.get(10, TimeUnit.SECONDS);
    assertThat(answers).hasSize(10).containsOnly("near");
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

  static <T> T await(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
