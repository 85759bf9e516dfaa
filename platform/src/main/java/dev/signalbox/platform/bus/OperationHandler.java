package dev.signalbox.platform.bus;

import io.vertx.core.Future;

/**
 * Answers an operation.
 *
 * @param <Q> request type
 * @param <R> reply type
 */
@FunctionalInterface
public interface OperationHandler<Q, R> {

  /**
   * Answers one request, on the event loop it was registered from.
   *
   * @return the reply; a {@link dev.signalbox.contracts.ServiceException} reaches the caller as its
   *     code, anything else as INTERNAL
   */
  Future<R> handle(Q request, Call call);
}
