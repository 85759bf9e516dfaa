package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one attempt of a call to one handler, and its answer back. */
interface Carrier {

  Logger LOG = LoggerFactory.getLogger(Bus.class);

  /**
   * Makes one attempt.
   *
   * @return the reply on the caller's context; a {@link ServiceException} when the service failed,
   *     an {@link Unanswered} when no answer came
   */
  <Q, R> Future<R> attempt(Operation<Q, R> operation, Q request, Call call, long waitMillis);

  /**
   * Whether a request or an answer may get lost on the way. Where it cannot, an answer that is late
   * is being worked on, and asking again would only begin the same work anew.
   */
  boolean mayLose();

  /** Has a handler called on the calling event loop, and told when each reply has left. */
  <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Runnable replied);

  /** Calls a handler; what it throws is a failure like any other. */
  static <Q, R> Future<R> invoke(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Q request, Call call) {
    try {
      return handler.handle(request, call);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** What the caller learns of a failure: a defect is logged here and told as INTERNAL. */
  static ServiceException fault(Operation<?, ?> operation, Call call, Throwable cause) {
    if (cause instanceof ServiceException known) {
      return known;
    }
    LOG.error("{} [{}] failed", operation.address(), call.label(), cause);
    return new ServiceException(ErrorCode.INTERNAL, operation.address() + " failed internally");
  }
}
