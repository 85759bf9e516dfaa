package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is so where requests may be lost on the way. */
class EventBusCarrierTest {

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
    bus = Bus.acrossProcesses(vertx);
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void aRepeatableOperationIsAskedAgainWhenAnAttemptIsLost() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    await(
        bus.serve(
            ASK,
            (request, call) ->
                attempts.incrementAndGet() == 1
                    ? Promise.<Answer>promise().future()
                    : Future.succeededFuture(new Answer("second"))));

    Answer answer = await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(3))));

    assertThat(answer.text()).isEqualTo("second");
  }

  @Test
  void aHandlerSeesLessTimeThanTheCallerHas() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              left.complete(call.remainingMillis());
              return Future.succeededFuture(new Answer(""));
            }));

    await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(2))));

    assertThat(left.get(5, TimeUnit.SECONDS)).isBetween(1L, 1_000L);
  }

  static <T> T await(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
