package dev.signalbox.platform.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Every permit that is taken is released exactly once, whatever becomes of the request. */
class AdmissionPropertyTest {

  /** What becomes of a request. */
  enum Fate {
    REPLY,
    REPLY_LATER,
    FAULT,
    DEFECT,
    THROW,
    THROW_ERROR,
    NO_FUTURE,
    NEVER,
    REFUSED
  }

  record Question(Fate fate) {}

  record Answer() {}

  private static final Operation<Question, Answer> ASK =
      Operation.once("oracle.ask", Question.class, Answer.class, Duration.ofSeconds(20));

  private static Vertx vertx;
  private static Vertx clustered;
  private static Bus direct;
  private static Bus eventBus;

  private static final class Counting implements Admission {
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger releasedTwice = new AtomicInteger();
    private final AtomicInteger admitted = new AtomicInteger();

    @Override
    public Permit admit(Call call) {
      most.accumulateAndGet(held.incrementAndGet(), Math::max);
      admitted.incrementAndGet();
      return new Permit() {
        private boolean released;

        @Override
        public @Nullable ServiceException refusal() {
          // The request id carries the fate: a permit is taken before the request is decoded.
          return call.requestId().equals("refused")
              ? new ServiceException(ErrorCode.OVERLOADED, "full")
              : null;
        }

        @Override
        public synchronized void release(@Nullable Throwable failure) {
          held.decrementAndGet();
          if (released) {
            releasedTwice.incrementAndGet();
          }
          released = true;
        }
      };
    }
  }

  @BeforeContainer
  static void start() {
    vertx = Vertx.vertx();
    direct = Bus.on(vertx);
    clustered = Vertx.vertx();
    eventBus = Alone.among(clustered);
  }

  @AfterContainer
  static void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    clustered.close().await(20, TimeUnit.SECONDS);
  }

  @Property(tries = 20)
  void every_permit_of_the_direct_carrier_is_released_once(@ForAll @Size(max = 40) List<Fate> fates)
      throws Exception {
    everyPermitIsReleasedOnce(direct, fates);
  }

  @Property(tries = 20)
  void every_permit_of_the_event_bus_is_released_once(@ForAll @Size(max = 40) List<Fate> fates)
      throws Exception {
    everyPermitIsReleasedOnce(eventBus, fates);
  }

  private static void everyPermitIsReleasedOnce(Bus bus, List<Fate> fates) throws Exception {
    Counting admission = new Counting();
    Subscription subscription =
        bus.serve(ASK, (question, _) -> answer(question.fate()), admission)
            .await(20, TimeUnit.SECONDS);
    List<Future<Answer>> answers = new ArrayList<>();

    for (Fate fate : fates) {
      Call call = Call.of(fate == Fate.REFUSED ? "refused" : "other", Duration.ofMillis(100));
      answers.add(bus.call(ASK, new Question(fate), call).otherwiseEmpty());
    }

    Future.join(answers).await(20, TimeUnit.SECONDS);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(2))
        .until(() -> admission.held.get() == 0 && admission.admitted.get() == fates.size());
    assertThat(admission.releasedTwice).hasValue(0);
    subscription.cancel().await(20, TimeUnit.SECONDS);
  }

  /** Callers on the handler's own event loop and on another one. */
  @Property(tries = 4)
  void a_caller_that_asks_one_after_another_holds_one_place_of_the_direct_carrier(
      @ForAll boolean near) throws Exception {
    aCallerThatAsksOneAfterAnotherHoldsOnePlace(direct, vertx, near);
  }

  @Property(tries = 4)
  void a_caller_that_asks_one_after_another_holds_one_place_of_the_event_bus(@ForAll boolean near)
      throws Exception {
    aCallerThatAsksOneAfterAnotherHoldsOnePlace(eventBus, clustered, near);
  }

  private static void aCallerThatAsksOneAfterAnotherHoldsOnePlace(
      Bus bus, Vertx loops, boolean near) throws Exception {
    Counting admission = new Counting();
    Context mine = ((VertxInternal) loops).createEventLoopContext();
    Context other = ((VertxInternal) loops).createEventLoopContext();
    Subscription subscription =
        on(other, () -> bus.serve(ASK, (_, _) -> Future.succeededFuture(new Answer()), admission))
            .await(20, TimeUnit.SECONDS);

    on(near ? other : mine, () -> oneAfterAnother(bus, 2_000)).await(20, TimeUnit.SECONDS);

    assertThat(admission.admitted).hasValue(2_000);
    assertThat(admission.most).hasValue(1);
    subscription.cancel().await(20, TimeUnit.SECONDS);
  }

  /** Asks again as soon as an answer is there, also when it is there at once. */
  private static Future<Void> oneAfterAnother(Bus bus, int calls) {
    Promise<Void> end = Promise.promise();
    new Object() {
      private int left = calls;
      private boolean asking;
      private boolean waiting;

      private void pump() {
        if (asking) {
          return;
        }
        asking = true;
        while (!waiting && left > 0) {
          left--;
          waiting = true;
          bus.call(ASK, new Question(Fate.REPLY), Call.within(Duration.ofSeconds(10)))
              .onSuccess(_ -> {
                waiting = false;
                pump();
              })
              .onFailure(end::tryFail);
        }
        asking = false;
        if (!waiting && left == 0) {
          end.tryComplete();
        }
      }
    }.pump();
    return end.future();
  }

  private static <T> Future<T> on(Context context, Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(_ -> work.get().onComplete(done));
    return done.future();
  }

  @SuppressWarnings("NullAway") // A handler that returns no future is one of the fates.
  private static Future<Answer> answer(Fate fate) {
    return switch (fate) {
      case REPLY -> Future.succeededFuture(new Answer());
      case REPLY_LATER -> vertx.timer(1, TimeUnit.MILLISECONDS).map(_ -> new Answer());
      case FAULT ->
          Future.failedFuture(new ServiceException(ErrorCode.CONFLICT, "somebody was first"));
      case DEFECT -> Future.failedFuture(new IllegalStateException("a defect"));
      case THROW -> throw new IllegalStateException("a defect");
      case THROW_ERROR -> throw new StackOverflowError("a deep one");
      case NO_FUTURE -> null;
      case NEVER -> Promise.<Answer>promise().future();
      case REFUSED -> throw new AssertionError("a refused request reached its handler");
    };
  }
}
