package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class BusTest {

  enum Way {
    DIRECT,
    EVENT_BUS
  }

  @Parameter Way way;

  record Question(String text) {}

  record Answer(String text) {}

  private static final Operation<Question, Answer> ASK =
      Operation.repeatable("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(5));
  private static final Operation<Question, Answer> ASK_ONCE =
      Operation.once("oracle.ask-once", Question.class, Answer.class, Duration.ofMillis(300));

  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    bus = Bus.on(vertx);
    if (way == Way.EVENT_BUS) {
      bus = Bus.acrossProcesses(vertx);
    }
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void aRequestReachesItsHandlerByReference() throws Exception {
    Question question = new Question("why?");
    CompletableFuture<Question> seen = new CompletableFuture<>();
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              seen.complete(request);
              return Future.succeededFuture(new Answer("because"));
            }));

    Answer answer = await(bus.call(ASK, question, Call.within(Duration.ofSeconds(5))));

    assertThat(answer.text()).isEqualTo("because");
    assertThat(seen.get(5, TimeUnit.SECONDS)).isSameAs(question);
  }

  @Test
  void theRequestIdTravelsWithTheCall() throws Exception {
    await(bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer(call.requestId()))));

    Answer answer =
        await(bus.call(ASK, new Question("?"), Call.of("req-1", Duration.ofSeconds(5))));

    assertThat(answer.text()).isEqualTo("req-1");
  }

  @Test
  void aFaultKeepsItsCodeMessageAndProblems() throws Exception {
    await(
        bus.serve(
            ASK, (request, call) -> Future.failedFuture(ServiceException.invalid("/text", "no"))));

    assertThatThrownBy(
            () -> await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(e.problems()).extracting("pointer").containsExactly("/text");
            });
  }

  @Test
  void aDefectOfTheHandlerIsInternalAndTellsNothing() throws Exception {
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              throw new IllegalStateException("secret");
            }));

    assertThatThrownBy(
            () -> await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL);
              assertThat(e).hasMessageNotContaining("secret");
            });
  }

  @Test
  void aCancelledCallIsNotTriedAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Cancellation cancellation = bus.cancellable();
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              Promise<Answer> promise = Promise.promise();
              call.cancellation().onRequest(() -> promise.fail(new IllegalStateException("gone")));
              cancellation.request();
              return promise.future();
            }));

    assertThatThrownBy(() ->
            await(
                bus.call(
                    ASK, new Question("?"), Call.within(Duration.ofSeconds(5)).with(cancellation))))
        .isInstanceOf(ServiceException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aCallCancelledBeforehandReachesNobody() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    await(
        bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              return Future.succeededFuture(new Answer("late"));
            }));
    Cancellation cancellation = bus.cancellable();
    cancellation.request();

    assertThatThrownBy(() ->
            await(
                bus.call(
                    ASK, new Question("?"), Call.within(Duration.ofSeconds(5)).with(cancellation))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(attempts).hasValue(0);
  }

  @Test
  void nobodyServingIsUnavailable() {
    assertThatThrownBy(
            () -> await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void anOperationThatMustNotRunTwiceTimesOutAfterOneAttempt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    await(
        bus.serve(
            ASK_ONCE,
            (request, call) -> {
              attempts.incrementAndGet();
              return Promise.<Answer>promise().future();
            }));

    assertThatThrownBy(
            () -> await(bus.call(ASK_ONCE, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aCancelledSubscriptionAnswersNoMore() throws Exception {
    Subscription subscription =
        await(bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer("there"))));

    await(subscription.cancel());

    assertThatThrownBy(
            () -> await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void anAnswerComesOnTheCallersContext() throws Exception {
    await(
        bus.serve(
            ASK,
            (request, call) ->
                vertx.timer(1, TimeUnit.MILLISECONDS).map(soon -> new Answer("here"))));
    Context mine = ((VertxInternal) vertx).createEventLoopContext();
    CompletableFuture<Context> answered = new CompletableFuture<>();

    mine.runOnContext(_ ->
        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
            .onComplete(answer -> answered.complete(Vertx.currentContext())));

    assertThat(answered.get(10, TimeUnit.SECONDS)).isSameAs(mine);
  }

  @Test
  void aHandlerThatHasLeftIsNotCalled() throws Exception {
    Subscription subscription =
        await(bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer("x"))));

    await(subscription.cancel());

    assertThatThrownBy(
            () -> await(bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void anEventReachesEveryListenerEvenWhenOneFails() throws Exception {
    EventType<Answer> spoken = new EventType<>("oracle.word.spoken", Answer.class);
    CompletableFuture<Answer> heard = new CompletableFuture<>();
    await(
        bus.subscribe(
            spoken,
            event -> {
              throw new IllegalStateException("deaf");
            }));
    await(bus.subscribe(spoken, heard::complete));

    bus.publish(spoken, new Answer("word"));

    assertThat(heard.get(5, TimeUnit.SECONDS)).isEqualTo(new Answer("word"));
  }

  static <T> T await(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw (Exception) e.getCause();
    }
  }
}
