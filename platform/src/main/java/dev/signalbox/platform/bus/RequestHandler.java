package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Answers the requests for one operation that come over the event bus.
 *
 * @param <Q> request type
 * @param <R> reply type
 */
final class RequestHandler<Q, R> implements Handler<Message<Exchange>> {

  private final EventBus eventBus;
  private final RemoteCancellations cancellations;
  private final Operation<Q, R> operation;
  private final OperationHandler<Q, R> work;
  private final Admission admission;

  RequestHandler(
      EventBus eventBus,
      RemoteCancellations cancellations,
      Operation<Q, R> operation,
      OperationHandler<Q, R> work,
      Admission admission) {
    this.eventBus = eventBus;
    this.cancellations = cancellations;
    this.operation = operation;
    this.work = work;
    this.admission = admission;
  }

  @Override
  public void handle(Message<Exchange> message) {
    Exchange exchange = message.body();
    Call call = callOf(exchange.content());
    Admission.Permit permit = admission.admit(call);
    Future<R> reply = reply(permit, exchange, call);
    // A handler that never replies holds its permit until the deadline, not for ever.
    Future<R> byDeadline =
        reply.isComplete()
            ? reply
            : reply.timeout(Math.max(1, call.remainingMillis()), TimeUnit.MILLISECONDS);
    byDeadline.onComplete(result -> {
      Throwable failure = result.cause();
      try {
        ended(exchange.content(), call);
        if (failure instanceof TimeoutException && !reply.isComplete()) {
          // The caller has stopped waiting by itself, and decides whether to ask again.
          failure = Carrier.deadlinePassed(operation);
        } else {
          send(call, exchange, result);
        }
      } finally {
        permit.release(failure);
      }
    });
  }

  private Call callOf(Envelope envelope) {
    return switch (envelope) {
      case Envelope.Local local when local.call() != null -> local.call();
      case Envelope.Remote remote when remote.call() != null ->
          remote.call().with(cancellations.arrived(remote.call().cancellation().id()));
      case Envelope.Local _, Envelope.Remote _, Envelope.Fault _ ->
          Call.within(operation.timeout());
    };
  }

  private Future<R> reply(Admission.Permit permit, Exchange exchange, Call call) {
    Q request;
    try {
      request = EnvelopeCodec.open(exchange.content(), operation.requestType());
    } catch (ServiceException e) {
      return Future.failedFuture(e);
    }
    return Carrier.invoke(permit, work, request, call);
  }

  private void ended(Envelope request, Call call) {
    if (request instanceof Envelope.Remote) {
      cancellations.left(call.cancellation());
    }
  }

  private void send(Call call, Exchange exchange, AsyncResult<R> result) {
    eventBus
        .<Exchange>sender(exchange.replyTo(), ExchangeCodec.DELIVERY)
        .write(new Exchange("", exchange.id(), envelope(call, exchange, result)))
        .onFailure(e ->
            Carrier.LOG.debug(
                "{} [{}] cannot be answered: {}", operation.address(), call.label(), e));
  }

  private Envelope envelope(Call call, Exchange exchange, AsyncResult<R> result) {
    if (result.failed()) {
      return new Envelope.Fault(Carrier.fault(operation, call, result.cause()));
    }
    Envelope.Local reply = new Envelope.Local(null, operation.replyType(), result.result());
    if (!(exchange.content() instanceof Envelope.Remote)) {
      return reply;
    }
    try {
      // Now rather than when the bus writes it, where a failure would reach no caller.
      return EnvelopeCodec.encoded(reply);
    } catch (RuntimeException e) {
      return new Envelope.Fault(Carrier.fault(operation, call, e));
    }
  }
}
