package dev.signalbox.gateway.backend;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Calls operations for a request. An error names the service, not the address on the bus; what a
 * service says itself reaches the client as it is.
 */
public final class Backend {

  /** A few mebibytes for pieces of files, and enough to keep the bus busy. */
  private static final int LARGE_AT_ONCE = 16;

  /** Longer than the reads before it take, as far as any client waits. */
  private static final long LARGE_WAIT_MS = 30_000;

  private final Bus bus;
  private final ConcurrencyLimiter large;

  /**
   * Calls over a bus.
   *
   * @param large bounds the calls with large replies of the process
   */
  public Backend(Bus bus, ConcurrencyLimiter large) {
    this.bus = bus;
    this.large = large;
  }

  /** A limiter for the calls with large replies of a process, as many as may wait. */
  public static ConcurrencyLimiter largeReplies() {
    return new ConcurrencyLimiter(LARGE_AT_ONCE, Integer.MAX_VALUE);
  }

  /**
   * Makes a call whose reply is large when there are not too many of them: the bus copies a message
   * several times on both sides, and holds as many as are under way.
   *
   * @param call not made when the client has left meanwhile
   */
  public <R> Future<R> withLargeReply(RoutingContext ctx, Supplier<Future<R>> call) {
    ConcurrencyLimiter.Permit permit =
        large.acquire((ContextInternal) ctx.vertx().getOrCreateContext(), LARGE_WAIT_MS);
    return permit
        .granted()
        .compose(
            _ ->
                ctx.response().closed()
                    ? Future.failedFuture(
                        new ServiceException(ErrorCode.CANCELLED, "the client has left"))
                    : call.get(),
            _ ->
                Future.failedFuture(
                    new ServiceException(ErrorCode.OVERLOADED, "too many files are being read")))
        .onComplete(_ -> permit.release());
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
        Call.of(RequestScope.of(ctx).requestId(), timeout).traced(RequestScope.of(ctx).trace()));
  }

  /** Calls an operation with its own timeout, cancelled when the client disconnects early. */
  public <Q, R> Future<R> callWhileWanted(
      RoutingContext ctx, Operation<Q, R> operation, Q request) {
    return callWhileWanted(ctx, operation, request, operation.timeout());
  }

  /** The same with another timeout. */
  public <Q, R> Future<R> callWhileWanted(
      RoutingContext ctx, Operation<Q, R> operation, Q request, Duration timeout) {
    RequestScope scope = RequestScope.of(ctx);
    return call(
        operation.service(),
        operation,
        request,
        Call.of(scope.requestId(), timeout).traced(scope.trace()).with(scope.cancellation()));
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
