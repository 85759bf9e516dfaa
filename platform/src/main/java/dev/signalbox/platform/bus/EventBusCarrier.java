package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Carries calls over the event bus, to handlers of this process and of others. */
final class EventBusCarrier implements Carrier {

  private final EventBus eventBus;
  private final RemoteCancellations cancellations;

  EventBusCarrier(EventBus eventBus, RemoteCancellations cancellations) {
    this.eventBus = eventBus;
    this.cancellations = cancellations;
  }

  @Override
  public <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, long waitMillis) {
    Future<Message<Envelope>> exchange;
    try {
      exchange =
          eventBus.request(
              operation.address(),
              new Envelope.Local(call, operation.requestType(), request),
              new DeliveryOptions().setCodecName(EnvelopeCodec.NAME).setSendTimeout(waitMillis));
    } catch (RuntimeException e) {
      // A request that cannot be encoded, or a bus that is closed.
      return Future.failedFuture(Carrier.fault(operation, call, e));
    }
    return exchange.transform(sent ->
        sent.succeeded()
            ? opened(sent.result().body(), operation.replyType())
            : Future.failedFuture(unanswered(operation, call, sent.cause())));
  }

  private static <R> Future<R> opened(Envelope envelope, Class<R> type) {
    try {
      return Future.succeededFuture(EnvelopeCodec.open(envelope, type));
    } catch (ServiceException e) {
      return Future.failedFuture(e);
    }
  }

  private static Unanswered unanswered(Operation<?, ?> operation, Call call, Throwable cause) {
    if (!(cause instanceof ReplyException reply)) {
      LOG.warn("{} [{}] could not be sent", operation.address(), call.label(), cause);
      return new Unanswered(Unanswered.Reason.LOST);
    }
    return new Unanswered(
        switch (reply.failureType()) {
          case NO_HANDLERS -> Unanswered.Reason.NOBODY;
          case TIMEOUT -> Unanswered.Reason.TIMEOUT;
          case ERROR, RECIPIENT_FAILURE -> Unanswered.Reason.LOST;
        });
  }

  @Override
  public boolean mayLose() {
    return true;
  }

  @Override
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Admission admission) {
    MessageConsumer<Envelope> consumer = eventBus.consumer(operation.address());
    consumer.handler(message -> answer(operation, handler, admission, message));
    return consumer.completion().map(registered -> consumer::unregister);
  }

  private <Q, R> void answer(
      Operation<Q, R> operation,
      OperationHandler<Q, R> handler,
      Admission admission,
      Message<Envelope> message) {
    Call call = callOf(operation, message.body());
    Admission.Permit permit = admission.admit(call);
    Future<R> reply = handle(operation, handler, permit, message, call);
    // A handler that never replies holds its permit until the deadline, not for ever.
    Future<R> byDeadline =
        reply.isComplete()
            ? reply
            : reply.timeout(Math.max(1, call.remainingMillis()), TimeUnit.MILLISECONDS);
    byDeadline.onComplete(result -> {
      Throwable failure = result.cause();
      try {
        ended(message.body(), call);
        if (failure instanceof TimeoutException && !reply.isComplete()) {
          // The caller has stopped waiting by itself, and decides whether to ask again.
          failure = Carrier.deadlinePassed(operation);
        } else {
          reply(operation, call, message, result);
        }
      } finally {
        permit.release(failure);
      }
    });
  }

  private static <Q, R> Future<R> handle(
      Operation<Q, R> operation,
      OperationHandler<Q, R> handler,
      Admission.Permit permit,
      Message<Envelope> message,
      Call call) {
    Q request;
    try {
      request = EnvelopeCodec.open(message.body(), operation.requestType());
    } catch (ServiceException e) {
      return Future.failedFuture(e);
    }
    return Carrier.invoke(permit, handler, request, call);
  }

  private void ended(Envelope request, Call call) {
    if (request instanceof Envelope.Remote) {
      cancellations.left(call.cancellation());
    }
  }

  private static <R> void reply(
      Operation<?, R> operation, Call call, Message<Envelope> message, AsyncResult<R> result) {
    message.reply(
        envelope(operation, call, message, result),
        new DeliveryOptions().setCodecName(EnvelopeCodec.NAME));
  }

  private static <R> Envelope envelope(
      Operation<?, R> operation, Call call, Message<Envelope> message, AsyncResult<R> result) {
    if (result.failed()) {
      return new Envelope.Fault(Carrier.fault(operation, call, result.cause()));
    }
    Envelope.Local reply = new Envelope.Local(null, operation.replyType(), result.result());
    if (!(message.body() instanceof Envelope.Remote)) {
      return reply;
    }
    try {
      // Now rather than when the bus writes it, where a failure would reach nobody.
      return EnvelopeCodec.encoded(reply);
    } catch (RuntimeException e) {
      return new Envelope.Fault(Carrier.fault(operation, call, e));
    }
  }

  private Call callOf(Operation<?, ?> operation, Envelope envelope) {
    return switch (envelope) {
      case Envelope.Local local when local.call() != null -> local.call();
      case Envelope.Remote remote when remote.call() != null ->
          remote.call().with(cancellations.arrived(remote.call().cancellation().id()));
      case Envelope.Local _, Envelope.Remote _, Envelope.Fault _ ->
          Call.within(operation.timeout());
    };
  }
}
