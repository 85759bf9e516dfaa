package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one attempt of a call to one handler, and its answer back. */
interface Carrier {

  Logger LOG = LoggerFactory.getLogger(Bus.class);

  DeliveryOptions EVENT = new DeliveryOptions().setCodecName(EnvelopeCodec.NAME);

  /**
   * Makes one attempt at a handler that was not tried yet.
   *
   * @param attempts where the call has been so far
   * @return the reply on the caller's context; a {@link ServiceException} when the service failed,
   *     an {@link Unanswered} when no answer came
   */
  <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, long waitMillis, Attempts attempts);

  /** Whether there is a handler at an address now. */
  boolean serves(String address);

  /** Has a handler called on the calling event loop, for requests that are admitted. */
  <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Admission admission);

  /** Takes an event to all its listeners. */
  void publish(String address, Envelope event);

  /** Has events taken to a listener, on the calling event loop. */
  Future<Subscription> subscribe(String address, Consumer<Envelope> listener);

  /** Calls a handler; whatever it throws, and no future at all, is a failure like any other. */
  static <Q, R> Future<R> invoke(OperationHandler<Q, R> handler, Q request, Call call) {
    try {
      return Objects.requireNonNull(handler.handle(request, call), "the handler returned null");
    } catch (Throwable e) {
      return Future.failedFuture(e);
    }
  }

  /** Calls a handler if the request's permit allows it. */
  static <Q, R> Future<R> invoke(
      Admission.Permit permit, OperationHandler<Q, R> handler, Q request, Call call) {
    ServiceException refusal = permit.refusal();
    return refusal == null ? invoke(handler, request, call) : Future.failedFuture(refusal);
  }

  /** The failure of a request that was not answered by its deadline. */
  static ServiceException deadlinePassed(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.TIMEOUT, operation.address() + " did not answer by the deadline");
  }

  /** The error for the caller: a defect is logged here and becomes INTERNAL. */
  static ServiceException fault(Operation<?, ?> operation, Call call, Throwable cause) {
    if (cause instanceof ServiceException known) {
      return known;
    }
    LOG.error("{} [{}] failed", operation.address(), call.label(), cause);
    return new ServiceException(ErrorCode.INTERNAL, operation.address() + " failed internally");
  }
}
