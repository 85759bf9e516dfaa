package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Members.Silence;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of calls to processes that come, go, and do not answer. */
@ExtendWith(VertxExtension.class)
class EventBusCarrierTest {

  record Question(String text) {}

  record Answer(String text) {}

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Operation<Question, Answer> ASK =
      Operation.repeatable("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(20));

  private static final Operation<Question, Answer> ASK_ONCE =
      Operation.once("oracle.ask-once", Question.class, Answer.class, Duration.ofSeconds(20));

  private Members members;
  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void start(Vertx given) {
    vertx = given;
    members = new Members("here");
    members.address(new NodeInfo("127.0.0.1", 1, null));
    bus = Alone.among(members, vertx);
  }

  /** A process that takes requests and never answers. */
  private CompletableFuture<Void> mute(String node, int port) throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    for (Operation<Question, Answer> operation : List.of(ASK, ASK_ONCE)) {
      vertx
          .eventBus()
          .consumer(Members.at(operation.address(), node), _ -> asked.complete(null))
          .completion()
          .await(20, TimeUnit.SECONDS);
    }
    // Without it the first look at the members finds it absent.
    vertx
        .eventBus()
        .consumer(Members.at(Greetings.ADDRESS, node), _ -> {})
        .completion()
        .await(20, TimeUnit.SECONDS);
    present(node, port);
    return asked;
  }

  private void present(String node, int port) {
    members.listed(node, "127.0.0.1", port, System.nanoTime());
    members.heard(
        new Hello(
            node, "127.0.0.1", port, 1, Set.of("oracle.ask", "oracle.ask-once"), false, 0, 0, null),
        System.nanoTime());
  }

  private void answering(String text) throws Exception {
    bus.serve(ASK, (_, _) -> Future.succeededFuture(new Answer(text))).await(20, TimeUnit.SECONDS);
  }

  private Future<Answer> call(Operation<Question, Answer> operation) {
    return bus.call(operation, new Question("?"), Call.within(PATIENCE));
  }

  private static ErrorCode failure(Future<?> call) {
    try {
      call.await(20, TimeUnit.SECONDS);
      throw new AssertionError("it succeeded");
    } catch (ServiceException e) {
      return e.code();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED_AGAIN", "LATE"})
  void aCallToAProcessThatGoesOrIsLateIsMadeElsewhere(Silence how) throws Exception {
    CompletableFuture<Void> asked = mute("mute", 2);
    Future<Answer> answer = call(ASK);
    asked.get(20, TimeUnit.SECONDS);
    answering("elsewhere");

    members.silent("mute", how, System.nanoTime(), System.nanoTime());

    assertThat(answer.await(20, TimeUnit.SECONDS).text()).isEqualTo("elsewhere");
  }

  @Test
  void aCallThatMustNotRunTwiceFailsWhenItsProcessGoes() throws Exception {
    CompletableFuture<Void> asked = mute("mute", 2);
    Future<Answer> answer = call(ASK_ONCE);
    asked.get(20, TimeUnit.SECONDS);

    members.silent("mute", Silence.REFUSED_AGAIN, System.nanoTime(), System.nanoTime());

    assertThat(failure(answer)).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void aCallThatMustNotRunTwiceIsMadeElsewhereWhenItReachedNobody() throws Exception {
    // Present, but nothing listens at its addresses.
    present("unreachable", 2);
    bus.serve(ASK_ONCE, (_, _) -> Future.succeededFuture(new Answer("reached")))
        .await(20, TimeUnit.SECONDS);

    for (int i = 0; i < 4; i++) {
      assertThat(call(ASK_ONCE).await(20, TimeUnit.SECONDS).text()).isEqualTo("reached");
    }
  }

  @Test
  void aCallThatAStoppingServiceRefusesIsMadeElsewhere() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Members others = new Members("stopping");
    others.address(new NodeInfo("127.0.0.1", 3, null));
    Greetings greetings = new Greetings(vertx, others);
    greetings.begin();
    new EventBusCarrier(vertx, others, greetings, new RemoteCancellations())
        .serve(
            ASK_ONCE,
            (_, _) -> {
              refused.incrementAndGet();
              return Future.failedFuture(new ServiceException(ErrorCode.STOPPING, "bye"));
            },
            Admission.UNBOUNDED);
    members.listed("stopping", "127.0.0.1", 3, System.nanoTime());
    Awaitility.await().until(() -> members.serving(ASK_ONCE.address()).contains("stopping"));
    bus.serve(ASK_ONCE, (_, _) -> Future.succeededFuture(new Answer("open")))
        .await(20, TimeUnit.SECONDS);

    for (int i = 0; i < 4; i++) {
      assertThat(call(ASK_ONCE).await(20, TimeUnit.SECONDS).text()).isEqualTo("open");
    }
    assertThat(refused).hasPositiveValue();
  }

  @Test
  void whatAStoppingServiceSaidReachesTheCallerWhenThereIsNoOther() throws Exception {
    bus.serve(
            ASK,
            (_, _) ->
                Future.failedFuture(new ServiceException(ErrorCode.STOPPING, "it is stopping")))
        .await(20, TimeUnit.SECONDS);

    assertThatThrownBy(() -> call(ASK).await(20, TimeUnit.SECONDS))
        .isInstanceOf(ServiceException.class)
        .hasMessage("it is stopping");
  }

  @Test
  void aHandlerHasAllTheTimeThatTheCallerHas() throws Exception {
    CompletableFuture<Long> left = new CompletableFuture<>();
    bus.serve(
            ASK,
            (_, call) -> {
              left.complete(call.remainingMillis());
              return Future.succeededFuture(new Answer(""));
            })
        .await(20, TimeUnit.SECONDS);

    call(ASK).await(20, TimeUnit.SECONDS);

    assertThat(left.get(5, TimeUnit.SECONDS)).isGreaterThan(PATIENCE.toMillis() / 2);
  }

  @Test
  void aWithdrawnOperationIsNotCalledButAnswersWhatWasOnItsWay() throws Exception {
    Promise<Answer> slow = Promise.promise();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Subscription subscription =
        bus.serve(
                ASK,
                (_, _) -> {
                  begun.complete(null);
                  return slow.future();
                })
            .await(20, TimeUnit.SECONDS);
    Future<Answer> underWay = call(ASK);
    begun.get(20, TimeUnit.SECONDS);

    subscription.withdraw().await(20, TimeUnit.SECONDS);
    slow.complete(new Answer("still here"));

    assertThat(underWay.await(20, TimeUnit.SECONDS).text()).isEqualTo("still here");
    assertThat(failure(call(ASK))).isEqualTo(ErrorCode.UNAVAILABLE);
  }
}
