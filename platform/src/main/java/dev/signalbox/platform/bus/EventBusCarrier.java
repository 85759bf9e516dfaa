package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;

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
    return eventBus
        .<Envelope>request(
            operation.address(),
            new Envelope.Local(call, operation.requestType(), request),
            new DeliveryOptions().setCodecName(EnvelopeCodec.NAME).setSendTimeout(waitMillis))
        .transform(sent ->
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
    Carrier.invoke(operation, handler, request, call)
        .onComplete(result -> {
          ended(message.body(), call);
          reply(
              message,
              result.succeeded()
                  ? new Envelope.Local(null, operation.replyType(), result.result())
                  : new Envelope.Fault(Carrier.fault(operation, call, result.cause())));
          replied.run();
        });
  }

  private void ended(Envelope request, Call call) {
    if (request instanceof Envelope.Remote) {
      cancellations.left(call.cancellation());
    }
  }

  private static void reply(Message<Envelope> message, Envelope envelope) {
    message.reply(envelope, new DeliveryOptions().setCodecName(EnvelopeCodec.NAME));
  }

  private Call callOf(Operation<?, ?> operation, Envelope envelope) {
    return switch (envelope) {
      case Envelope.Local local when local.call() != null -> local.call();
      case Envelope.Remote(Call sent, byte[] _, byte[] _) ->
          sent.with(cancellations.arrived(sent.cancellation().id()));
      case Envelope.Local local -> Call.within(operation.timeout());
      case Envelope.Fault fault -> Call.within(operation.timeout());
    };
  }
}
