package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls handlers of this process where there are no others: a request is a method call on the
 * handler's event loop, and costs no message, no address of a reply and no look-up of a codec. Of
 * several handlers the one with the fewest calls is called, and of those as busy as each other the
 * one on the caller's own event loop, which needs no crossing.
 */
final class DirectCarrier implements Carrier {

  /** A registration, each one of its own. */
  private static final class Handler<Q, R> {
    private final ContextInternal context;
    private final OperationHandler<Q, R> work;
    private final Admission admission;
    private final AtomicInteger inFlight = new AtomicInteger();

    Handler(ContextInternal context, OperationHandler<Q, R> work, Admission admission) {
      this.context = context;
      this.work = work;
      this.admission = admission;
    }
  }

  /** The one process there is. */
  private static final String HERE = "";

  private final Vertx vertx;
  private final ConcurrentMap<String, List<Handler<?, ?>>> handlers = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  DirectCarrier(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, long waitMillis, Attempts attempts) {
    Handler<Q, R> handler = next(operation);
    if (handler == null || attempts.tried(HERE)) {
      return Future.failedFuture(new Unanswered(Unanswered.Reason.NOBODY));
    }
    attempts.at(HERE);
    ContextInternal caller = (ContextInternal) vertx.getOrCreateContext();
    Promise<R> answer = caller.promise();
    // The event loop's own timer, which costs half of what Vert.x's does.
    ScheduledFuture<?> timer =
        caller
            .nettyEventLoop()
            .schedule(
                () -> answer.tryFail(new Unanswered(Unanswered.Reason.TIMEOUT)),
                waitMillis,
                TimeUnit.MILLISECONDS);
    handler.inFlight.incrementAndGet();
    handler.context.emit(request, asked -> handle(operation, handler, asked, call, answer));
    return answer
        .future()
        .onComplete(_ -> {
          timer.cancel(false);
          handler.inFlight.decrementAndGet();
        });
  }

  private static <Q, R> void handle(
      Operation<Q, R> operation, Handler<Q, R> handler, Q request, Call call, Promise<R> answer) {
    Admission.Permit permit = handler.admission.admit(call);
    // Whichever is first: a handler may never reply, and a reply may come after the deadline.
    AtomicBoolean released = new AtomicBoolean();
    answer
        .future()
        .onFailure(cause -> {
          if (cause instanceof Unanswered && released.compareAndSet(false, true)) {
            permit.release(Carrier.deadlinePassed(operation));
          }
        });
    Carrier.invoke(permit, handler.work, request, call)
        .onComplete(result -> {
          Throwable failure =
              result.succeeded() ? null : Carrier.fault(operation, call, result.cause());
          // Before the caller learns of it, who may ask again at once.
          if (released.compareAndSet(false, true)) {
            permit.release(failure);
          }
          if (failure == null) {
            answer.tryComplete(result.result());
          } else {
            answer.tryFail(failure);
          }
        });
  }

  @Override
  public boolean serves(String address) {
    return handlers.containsKey(address);
  }

  private <Q, R> @Nullable Handler<Q, R> next(Operation<Q, R> operation) {
    List<Handler<?, ?>> all = handlers.get(operation.address());
    if (all == null) {
      return null;
    }
    Handler<?, ?> chosen = all.size() == 1 ? all.getFirst() : idlest(all);
    @SuppressWarnings("unchecked") // Served at this address: by an operation of the same types.
    Handler<Q, R> typed = (Handler<Q, R>) chosen;
    return typed;
  }

  private Handler<?, ?> idlest(List<Handler<?, ?>> all) {
    // Not always from the same one on, for the first of equals would get all the calls.
    int from = Math.floorMod(turn.getAndIncrement(), all.size());
    Handler<?, ?> best = all.get(from);
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      Handler<?, ?> handler = all.get((from + i) % all.size());
      int calls = handler.inFlight.get();
      if (calls < fewest || (calls == fewest && handler.context.inThread())) {
        fewest = calls;
        best = handler;
      }
    }
    return best;
  }

  @Override
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> work, Admission admission) {
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    Handler<Q, R> handler = new Handler<>(context, work, admission);
    handlers.merge(
        operation.address(),
        List.of(handler),
        (present, added) -> Stream.concat(present.stream(), added.stream()).toList());
    return Future.succeededFuture(
        new Subscription() {
          @Override
          public Future<Void> withdraw() {
            leave(operation.address(), handler);
            return Future.succeededFuture();
          }

          @Override
          public Future<Void> cancel() {
            return withdraw();
          }
        });
  }

  private void leave(String address, Handler<?, ?> handler) {
    handlers.computeIfPresent(
        address,
        (_, present) -> {
          List<Handler<?, ?>> left = present.stream().filter(one -> !one.equals(handler)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  @Override
  public void publish(String address, Envelope event) {
    vertx.eventBus().publish(address, event, EVENT);
  }

  @Override
  public Future<Subscription> subscribe(String address, Consumer<Envelope> listener) {
    MessageConsumer<Envelope> consumer =
        vertx
            .eventBus()
            .consumer(address, (Message<Envelope> message) -> listener.accept(message.body()));
    return consumer
        .completion()
        .map(_ ->
            new Subscription() {
              @Override
              public Future<Void> withdraw() {
                return Future.succeededFuture();
              }

              @Override
              public Future<Void> cancel() {
                return consumer.unregister();
              }
            });
  }
}
