package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is so where requests may be lost on the way. */
@ExtendWith(VertxExtension.class)
class EventBusCarrierTest {

  record Question(String text) {}

  record Answer(String text) {}

  private static final Operation<Question, Answer> ASK =
      Operation.repeatable("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(5));

  private Bus bus;

  @BeforeEach
  void start(Vertx vertx) {
    Bus.on(vertx);
    bus = Bus.acrossProcesses(vertx);
  }

  @Test
  void aRepeatableOperationIsAskedAgainWhenAnAttemptIsLost() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    bus.serve(
            ASK,
            (request, call) ->
                attempts.incrementAndGet() == 1
                    ? Promise.<Answer>promise().future()
                    : Future.succeededFuture(new Answer("second")))
        .await(20, TimeUnit.SECONDS);

    Answer answer =
        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(3)))
            .await(20, TimeUnit.SECONDS);

    assertThat(answer.text()).isEqualTo("second");
  }

  @Test
  void aHandlerSeesLessTimeThanTheCallerHas() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    bus.serve(
            ASK,
            (request, call) -> {
              left.complete(call.remainingMillis());
              return Future.succeededFuture(new Answer(""));
            })
        .await(20, TimeUnit.SECONDS);

    bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(2)))
        .await(20, TimeUnit.SECONDS);

    assertThat(left.get(5, TimeUnit.SECONDS)).isBetween(1L, 1_000L);
  }
}
