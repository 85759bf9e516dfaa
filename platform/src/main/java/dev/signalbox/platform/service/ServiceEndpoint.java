package dev.signalbox.platform.service;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.OperationHandler;
import dev.signalbox.platform.bus.Subscription;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an instance serves on the bus. Bounds the work in flight, measures it, has it announced, and
 * ends it in order.
 */
public final class ServiceEndpoint {

  private static final long UNREGISTER_MS = 2_000;

  private final ServiceInstance instance;
  private final Bus bus;
  private final int maxInFlight;
  private final List<Supplier<Future<Subscription>>> pending = new ArrayList<>();
  private final List<Subscription> open = new ArrayList<>();
  // Replies may come from other threads than requests, when a handler answers from one.
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean draining;
  private volatile @Nullable Promise<Void> drained;

  ServiceEndpoint(ServiceInstance instance, int maxInFlight) {
    this.instance = instance;
    this.bus = instance.bus();
    this.maxInFlight = maxInFlight;
  }

  /** Serves an operation at its address, shared with the other replicas. */
  public <Q, R> ServiceEndpoint serve(Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    instance.offers(operation.address());
    OperationMeter meter = instance.meter(operation.address());
    pending.add(() ->
        bus.serve(
            operation, (request, call) -> admit(handler, meter, request, call), this::replied));
    return this;
  }

  /** Serves an operation at this instance's own address, for what only the owner can do. */
  public <Q, R> ServiceEndpoint serveHere(
      Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    OperationMeter meter = instance.meter(operation.address());
    pending.add(() ->
        bus.serve(
            operation.at(instance.node()),
            (request, call) -> admit(handler, meter, request, call)));
    return this;
  }

  /** Offers a task type and serves it. */
  public ServiceEndpoint task(TaskType type, OperationHandler<TaskRequest, TaskReply> handler) {
    instance.offers(type);
    return serve(type.operation(), handler);
  }

  private <Q, R> Future<R> admit(
      OperationHandler<Q, R> handler, OperationMeter meter, Q request, Call call) {
    inFlight.incrementAndGet();
    if (call.expired()) {
      // Work whose caller has already given up would only delay that of others.
      return Future.failedFuture(
          new ServiceException(ErrorCode.TIMEOUT, instance.name() + " was asked too late"));
    }
    if (call.cancellation().requested()) {
      return Future.failedFuture(
          new ServiceException(ErrorCode.CANCELLED, "nobody waits for the answer any more"));
    }
    if (draining) {
      return Future.failedFuture(
          new ServiceException(ErrorCode.STOPPING, instance.name() + " is stopping"));
    }
    if (inFlight.get() > maxInFlight) {
      meter.refused();
      return Future.failedFuture(
          new ServiceException(
              ErrorCode.OVERLOADED,
              instance.name() + " has " + maxInFlight + " requests in flight already"));
    }
    long start = meter.started();
    Future<R> reply;
    try {
      reply = handler.handle(request, call);
    } catch (RuntimeException e) {
      reply = Future.failedFuture(e);
    }
    return reply.onComplete(result -> meter.ended(start, result.cause()));
  }

  private void replied() {
    Promise<Void> waiting = drained;
    if (inFlight.decrementAndGet() == 0 && waiting != null) {
      waiting.tryComplete();
    }
  }

  /** Registers everything; completes when every member of the cluster knows. */
  public Future<Void> open() {
    List<Future<Subscription>> registrations = pending.stream().map(Supplier::get).toList();
    pending.clear();
    registrations.forEach(registration -> registration.onSuccess(open::add));
    return Future.all(registrations).mapEmpty();
  }

  /**
   * Unregisters, then waits for the work in flight, but no longer than the drain time. Requests
   * that were on their way meanwhile are still answered, as STOPPING.
   */
  public Future<Void> drain() {
    instance.draining();
    List<Future<Void>> cancelled = open.stream().map(Subscription::cancel).toList();
    open.clear();
    // Not longer than that: with the cluster falling apart, nobody may be there to hear of it.
    return Future.join(cancelled)
        .timeout(UNREGISTER_MS, TimeUnit.MILLISECONDS)
        .otherwiseEmpty()
        .compose(gone -> {
          draining = true;
          Promise<Void> promise = Promise.promise();
          drained = promise;
          if (inFlight.get() == 0) {
            return Future.succeededFuture();
          }
          return promise
              .future()
              .timeout(instance.drainTime().toMillis(), TimeUnit.MILLISECONDS)
              .otherwiseEmpty();
        });
  }
}
