package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Cancelled;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Typed calls and events over the event bus, local or clustered.
 *
 * <p>A call ends at its deadline at the latest. A repeatable operation is tried again when an
 * attempt gets no answer; any operation is tried again when it reached nobody, for then nothing was
 * done.
 */
public final class Bus {

  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private static final int MAX_ATTEMPTS = 3;
  private static final long MIN_ATTEMPT_MS = 1_000;
  private static final long NOBODY_DELAY_MS = 50;

  private final Vertx vertx;
  private final EventBus eventBus;
  private final RemoteCancellations remote = new RemoteCancellations();

  private Bus(Vertx vertx) {
    this.vertx = vertx;
    this.eventBus = vertx.eventBus();
  }

  /** The bus of a Vert.x instance; one per instance. */
  public static Bus on(Vertx vertx) {
    vertx.eventBus().registerCodec(new EnvelopeCodec());
    Bus bus = new Bus(vertx);
    if (vertx.isClustered()) {
      bus.subscribe(Cancelled.EVENT, event -> bus.remote.cancelled(event.cancellationId()))
          .onFailure(cause -> LOG.warn("cancelled calls will run to their end", cause));
    }
    return bus;
  }

  /** A cancellation for calls on this bus, which reaches them in whatever process they are. */
  public Cancellation cancellable() {
    Cancellation cancellation = new Cancellation(Call.newRequestId() + Call.newRequestId());
    if (vertx.isClustered()) {
      cancellation.onRequest(() -> publish(Cancelled.EVENT, new Cancelled(cancellation.id())));
    }
    return cancellation;
  }

  /**
   * Calls an operation.
   *
   * @return the reply, or a {@link ServiceException}: what the service failed with, UNAVAILABLE
   *     when nobody serves the operation, TIMEOUT at the deadline
   */
  public <Q, R> Future<R> call(Operation<Q, R> operation, Q request, Call call) {
    return attempt(operation, request, call.atMost(operation.timeout()), 1);
  }

  private <Q, R> Future<R> attempt(Operation<Q, R> operation, Q request, Call call, int number) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    long left = call.remainingMillis();
    if (left <= 0) {
      return Future.failedFuture(timeout(operation));
    }
    // Half of what is left, so that a lost attempt leaves time for another, which normally meets
    // another node; an operation that must not run twice gets it all.
    long wait =
        operation.repeatable() && number < MAX_ATTEMPTS
            ? Math.min(left, Math.max(left / 2, MIN_ATTEMPT_MS))
            : left;
    Call attempted = wait == left ? call : call.until(System.nanoTime() + wait * 1_000_000);
    return eventBus
        .<Envelope>request(
            operation.address(),
            new Envelope.Local(attempted, operation.requestType(), request),
            new DeliveryOptions().setCodecName(EnvelopeCodec.NAME).setSendTimeout(wait))
        .transform(sent -> {
          if (sent.succeeded()) {
            return opened(sent.result().body(), operation.replyType());
          }
          return failedAttempt(operation, request, call, number, sent.cause());
        });
  }

  private static <R> Future<R> opened(Envelope envelope, Class<R> type) {
    try {
      return Future.succeededFuture(EnvelopeCodec.open(envelope, type));
    } catch (ServiceException e) {
      return Future.failedFuture(e);
    }
  }

  private <Q, R> Future<R> failedAttempt(
      Operation<Q, R> operation, Q request, Call call, int number, Throwable cause) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    if (!(cause instanceof ReplyException reply)) {
      LOG.warn("{} [{}] could not be sent", operation.address(), call.requestId(), cause);
      return Future.failedFuture(unavailable(operation));
    }
    return switch (reply.failureType()) {
      case NO_HANDLERS ->
          number >= MAX_ATTEMPTS || call.remainingMillis() <= NOBODY_DELAY_MS
              ? Future.failedFuture(unavailable(operation))
              : vertx
                  .timer(NOBODY_DELAY_MS, TimeUnit.MILLISECONDS)
                  .transform(ignored -> attempt(operation, request, call, number + 1));
      case TIMEOUT ->
          operation.repeatable() && number < MAX_ATTEMPTS
              ? attempt(operation, request, call, number + 1)
              : Future.failedFuture(timeout(operation));
      case ERROR, RECIPIENT_FAILURE ->
          operation.repeatable() && number < MAX_ATTEMPTS
              ? attempt(operation, request, call, number + 1)
              : Future.failedFuture(unavailable(operation));
    };
  }

  private static ServiceException timeout(Operation<?, ?> operation) {
    return new ServiceException(ErrorCode.TIMEOUT, operation.address() + " did not answer in time");
  }

  private static ServiceException cancelled(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.CANCELLED, "nobody waits for " + operation.address() + " any more");
  }

  private static ServiceException unavailable(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.UNAVAILABLE, "no live instance serves " + operation.address());
  }

  /**
   * Serves an operation on the calling event loop. Completes when every member of the cluster
   * knows. Services go through {@code ServiceEndpoint}, which bounds and measures the work.
   */
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return serve(operation, handler, () -> {});
  }

  /**
   * As {@link #serve(Operation, OperationHandler)}, telling when the reply to each request that was
   * handled has left, so that a stopping service does not close the bus before its last answer.
   */
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Runnable replied) {
    MessageConsumer<Envelope> consumer = eventBus.consumer(operation.address());
    consumer.handler(message -> answer(operation, handler, replied, message));
    return consumer.completion().map(registered -> consumer::unregister);
  }

  private <Q, R> void answer(
      Operation<Q, R> operation,
      OperationHandler<Q, R> handler,
      Runnable replied,
      Message<Envelope> message) {
    Call call = callOf(operation, message.body());
    Q request;
    try {
      request = EnvelopeCodec.open(message.body(), operation.requestType());
    } catch (ServiceException e) {
      ended(message.body(), call);
      reply(message, new Envelope.Fault(e));
      return;
    }
    Future<R> answer;
    try {
      answer = handler.handle(request, call);
    } catch (RuntimeException e) {
      answer = Future.failedFuture(e);
    }
    answer.onComplete(result -> {
      ended(message.body(), call);
      reply(
          message,
          result.succeeded()
              ? new Envelope.Local(null, operation.replyType(), result.result())
              : new Envelope.Fault(fault(operation, call, result.cause())));
      replied.run();
    });
  }

  private void ended(Envelope request, Call call) {
    if (request instanceof Envelope.Remote) {
      remote.left(call.cancellation());
    }
  }

  private static void reply(Message<Envelope> message, Envelope envelope) {
    message.reply(envelope, new DeliveryOptions().setCodecName(EnvelopeCodec.NAME));
  }

  private Call callOf(Operation<?, ?> operation, Envelope envelope) {
    return switch (envelope) {
      case Envelope.Local local when local.call() != null -> local.call();
      case Envelope.Remote(Call sent, byte[] _, byte[] _) ->
          sent.with(remote.arrived(sent.cancellation().id()));
      case Envelope.Local local -> Call.within(operation.timeout());
      case Envelope.Fault fault -> Call.within(operation.timeout());
    };
  }

  private static ServiceException fault(Operation<?, ?> operation, Call call, Throwable cause) {
    if (cause instanceof ServiceException known) {
      return known;
    }
    LOG.error("{} [{}] failed", operation.address(), call.requestId(), cause);
    return new ServiceException(ErrorCode.INTERNAL, operation.address() + " failed internally");
  }

  /** Tells everybody who listens; never fails. */
  public <E> void publish(EventType<E> type, E event) {
    eventBus.publish(
        type.address(),
        new Envelope.Local(null, type.type(), event),
        new DeliveryOptions().setCodecName(EnvelopeCodec.NAME));
  }

  /** Listens on the calling event loop. Completes when every member of the cluster knows. */
  public <E> Future<Subscription> subscribe(EventType<E> type, Consumer<E> listener) {
    MessageConsumer<Envelope> consumer = eventBus.consumer(type.address());
    consumer.handler(message -> {
      try {
        listener.accept(EnvelopeCodec.open(message.body(), type.type()));
      } catch (RuntimeException e) {
        LOG.warn("event {} could not be handled", type.address(), e);
      }
    });
    return consumer.completion().map(registered -> consumer::unregister);
  }
}
