package dev.signalbox.gateway.backend;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/**
 * Calls operations for a request. An error names the service, not the address on the bus; what a
 * service says itself reaches the client as it is.
 */
public final class Backend {

  private final Bus bus;

  public Backend(Bus bus) {
    this.bus = bus;
  }

  /** Calls an operation with its own timeout. */
  public <Q, R> Future<R> call(RoutingContext ctx, Operation<Q, R> operation, Q request) {
    return call(ctx, operation, request, operation.timeout());
  }

  /** Calls an operation with another timeout. */
  public <Q, R> Future<R> call(
      RoutingContext ctx, Operation<Q, R> operation, Q request, Duration timeout) {
    return call(
        operation.service(),
        operation,
        request,
        Call.of(RequestScope.of(ctx).requestId(), timeout)
            .traced(RequestScope.of(ctx).traceParent()));
  }

  /** Calls an operation with its own timeout, cancelled when the client disconnects early. */
  public <Q, R> Future<R> callWhileWanted(
      RoutingContext ctx, Operation<Q, R> operation, Q request) {
    RequestScope scope = RequestScope.of(ctx);
    return call(
        operation.service(),
        operation,
        request,
        Call.of(scope.requestId(), operation.timeout())
            .traced(scope.traceParent())
            .with(scope.cancellation()));
  }

  /** Calls an operation of a named service. */
  public <Q, R> Future<R> call(String service, Operation<Q, R> operation, Q request, Call call) {
    return bus.call(operation, request, call)
        .recover(cause ->
            Future.failedFuture(
                cause instanceof ServiceException fault
                    ? named(service, operation, fault)
                    : cause));
  }

  /** The bus speaks of addresses, which only it does, and a service need not say its own name. */
  private static ServiceException named(
      String service, Operation<?, ?> operation, ServiceException fault) {
    String message = String.valueOf(fault.getMessage()).replace(operation.address(), service);
    String named =
        switch (fault.code().kind()) {
          case OVERLOADED, UNAVAILABLE, TIMEOUT ->
              message.contains(service) ? message : service + ": " + message;
          case CALLER, NOT_FOUND, CONFLICT, INTERNAL -> message;
        };
    return named.equals(fault.getMessage())
        ? fault
        : new ServiceException(fault.code(), named, fault.problems());
  }

  /** The error when no instance of a service serves an operation. */
  public static ServiceException unavailable(String service) {
    return new ServiceException(ErrorCode.UNAVAILABLE, service + " is not available");
  }
}
