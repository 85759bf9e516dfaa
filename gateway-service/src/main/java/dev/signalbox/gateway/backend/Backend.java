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
import java.util.Map;

/** Calls operations on behalf of a request; an operation nobody serves fails with its service. */
public final class Backend {

  private static final Map<String, String> SERVICES =
      Map.of(
          "dns", "dns-service",
          "http-probe", "http-probe-service",
          "server-factory", "server-factory-service",
          "file", "file-service",
          "code", "code-service",
          "ping", "ping-coordinator");

  private final Bus bus;

  /** Calls over a bus. */
  public Backend(Bus bus) {
    this.bus = bus;
  }

  /** Calls an operation with its own timeout. */
  public <Q, R> Future<R> call(RoutingContext ctx, Operation<Q, R> operation, Q request) {
    return call(ctx, operation, request, operation.timeout());
  }

  /** Calls an operation with another timeout, which may be longer than the operation's own. */
  public <Q, R> Future<R> call(
      RoutingContext ctx, Operation<Q, R> operation, Q request, Duration timeout) {
    return call(
        serviceOf(operation),
        operation,
        request,
        Call.of(RequestScope.of(ctx).requestId(), timeout)
            .traced(RequestScope.of(ctx).traceParent()));
  }

  /** Calls an operation of a named service. */
  public <Q, R> Future<R> call(String service, Operation<Q, R> operation, Q request, Call call) {
    return bus.call(operation, request, call)
        .recover(cause ->
            Future.failedFuture(
                cause instanceof ServiceException fault && fault.code() == ErrorCode.UNAVAILABLE
                    ? missing(service)
                    : cause));
  }

  /** The fault of a service that is not there. */
  public static ServiceException missing(String service) {
    return new ServiceException(ErrorCode.UNAVAILABLE, service + " is not available");
  }

  /** The service that serves an operation, by the first part of its address. */
  static String serviceOf(Operation<?, ?> operation) {
    String address = operation.address();
    String prefix = address.substring(0, address.indexOf('.'));
    return SERVICES.getOrDefault(prefix, prefix);
  }
}
