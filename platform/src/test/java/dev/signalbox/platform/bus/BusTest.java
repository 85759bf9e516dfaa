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
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
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
  void start(Vertx vertx) {
    this.vertx = vertx;
    bus = way == Way.EVENT_BUS ? Alone.among(vertx) : Bus.on(vertx);
  }

  @Test
  void aRequestReachesItsHandlerByReference() throws Exception {
    Question question = new Question("why?");
    CompletableFuture<Question> seen = new CompletableFuture<>();
    bus.serve(
            ASK,
            (request, call) -> {
              seen.complete(request);
              return Future.succeededFuture(new Answer("because"));
            })
        .await(20, TimeUnit.SECONDS);

    Answer answer =
        bus.call(ASK, question, Call.within(Duration.ofSeconds(5))).await(20, TimeUnit.SECONDS);

    assertThat(answer.text()).isEqualTo("because");
    assertThat(seen.get(5, TimeUnit.SECONDS)).isSameAs(question);
  }

  @Test
  void theRequestIdTravelsWithTheCall() throws Exception {
    bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer(call.requestId())))
        .await(20, TimeUnit.SECONDS);

    Answer answer =
        bus.call(ASK, new Question("?"), Call.of("req-1", Duration.ofSeconds(5)))
            .await(20, TimeUnit.SECONDS);

    assertThat(answer.text()).isEqualTo("req-1");
  }

  @Test
  void aFaultKeepsItsCodeMessageAndProblems() throws Exception {
    bus.serve(ASK, (request, call) -> Future.failedFuture(ServiceException.invalid("/text", "no")))
        .await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(e.problems()).extracting("pointer").containsExactly("/text");
            });
  }

  @Test
  void aDefectOfTheHandlerIsInternalAndTellsNothing() throws Exception {
    bus.serve(
            ASK,
            (request, call) -> {
              throw new IllegalStateException("secret");
            })
        .await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
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
    bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              Promise<Answer> promise = Promise.promise();
              call.cancellation().onRequest(() -> promise.fail(new IllegalStateException("gone")));
              cancellation.request();
              return promise.future();
            })
        .await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)).with(cancellation))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOf(ServiceException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aCallCancelledBeforehandReachesNobody() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    bus.serve(
            ASK,
            (request, call) -> {
              attempts.incrementAndGet();
              return Future.succeededFuture(new Answer("late"));
            })
        .await(20, TimeUnit.SECONDS);
    Cancellation cancellation = bus.cancellable();
    cancellation.request();

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)).with(cancellation))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    assertThat(attempts).hasValue(0);
  }

  @Test
  void nobodyServingIsUnavailable() {
    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void anOperationThatMustNotRunTwiceTimesOutAfterOneAttempt() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    bus.serve(
            ASK_ONCE,
            (request, call) -> {
              attempts.incrementAndGet();
              return Promise.<Answer>promise().future();
            })
        .await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK_ONCE, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void aCancelledSubscriptionAnswersNoMore() throws Exception {
    Subscription subscription =
        bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer("there")))
            .await(20, TimeUnit.SECONDS);

    subscription.cancel().await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOf(ServiceException.class);
  }

  @Test
  void anAnswerComesOnTheCallersContext(VertxTestContext test) throws Exception {
    bus.serve(
            ASK,
            (request, call) ->
                vertx.timer(1, TimeUnit.MILLISECONDS).map(soon -> new Answer("here")))
        .await(20, TimeUnit.SECONDS);
    Context mine = ((VertxInternal) vertx).createEventLoopContext();

    mine.runOnContext(_ ->
        bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
            .onComplete(
                test.succeeding(_ ->
                    test.verify(() -> {
                      assertThat(Vertx.currentContext()).isSameAs(mine);
                      test.completeNow();
                    }))));
  }

  @Test
  void aHandlerThatHasLeftIsNotCalled() throws Exception {
    Subscription subscription =
        bus.serve(ASK, (request, call) -> Future.succeededFuture(new Answer("x")))
            .await(20, TimeUnit.SECONDS);

    subscription.cancel().await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() ->
            bus.call(ASK, new Question("?"), Call.within(Duration.ofSeconds(5)))
                .await(20, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  @Test
  void anEventReachesEveryListenerEvenWhenOneFails(VertxTestContext test) throws Exception {
    EventType<Answer> spoken = new EventType<>("oracle.word.spoken", Answer.class);
    bus.subscribe(
            spoken,
            event -> {
              throw new IllegalStateException("deaf");
            })
        .await(20, TimeUnit.SECONDS);
    bus.subscribe(
            spoken,
            event ->
                test.verify(() -> {
                  assertThat(event).isEqualTo(new Answer("word"));
                  test.completeNow();
                }))
        .await(20, TimeUnit.SECONDS);

    bus.publish(spoken, new Answer("word"));
  }
}
