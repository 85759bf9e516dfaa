package dev.signalbox.platform.service;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.platform.bus.Admission;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.OperationHandler;
import dev.signalbox.platform.bus.Subscription;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
    return serve(operation, instance.meter(operation.address()), handler);
  }

  /** Serves an operation at this instance's own address, for what only the owner can do. */
  public <Q, R> ServiceEndpoint serveHere(
      Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return serve(operation.at(instance.node()), instance.meter(operation.address()), handler);
  }

  private <Q, R> ServiceEndpoint serve(
      Operation<Q, R> operation, OperationMeter meter, OperationHandler<Q, R> handler) {
    pending.add(() -> bus.serve(operation, handler, call -> new RequestPermit(call, meter)));
    return this;
  }

  /** Offers a task type and serves it. */
  public ServiceEndpoint task(TaskType type, OperationHandler<TaskRequest, TaskReply> handler) {
    instance.offers(type);
    return serve(type.operation(), handler);
  }

  /** Requests in flight, refused ones whose reply has not left among them. */
  int inFlight() {
    return inFlight.get();
  }

  /** One request's place among those in flight, counted from its making to its release. */
  private final class RequestPermit implements Admission.Permit {

    private final AtomicBoolean released = new AtomicBoolean();
    private final OperationMeter meter;
    private final @Nullable ServiceException refusal;
    private final long startNanos;

    private RequestPermit(Call call, OperationMeter meter) {
      this.meter = meter;
      this.refusal = check(call, inFlight.incrementAndGet());
      this.startNanos = refusal == null ? meter.started() : 0;
    }

    private @Nullable ServiceException check(Call call, int requests) {
      if (call.expired()) {
        // Work whose caller has already given up would only delay that of others.
        return new ServiceException(
            ErrorCode.TIMEOUT, "the deadline passed before the request reached " + instance.name());
      }
      if (call.cancellation().requested()) {
        return new ServiceException(ErrorCode.CANCELLED, "the caller cancelled the request");
      }
      if (draining) {
        return new ServiceException(ErrorCode.STOPPING, instance.name() + " is stopping");
      }
      if (requests > maxInFlight) {
        meter.refused();
        return new ServiceException(
            ErrorCode.OVERLOADED,
            instance.name() + " has " + maxInFlight + " requests in flight already");
      }
      return null;
    }

    @Override
    public @Nullable ServiceException refusal() {
      return refusal;
    }

    @Override
    public void release(@Nullable Throwable failure) {
      if (!released.compareAndSet(false, true)) {
        return;
      }
      if (refusal == null) {
        meter.ended(startNanos, failure);
      }
      // In this order: one that drains sets its promise first and looks at the count afterwards.
      if (inFlight.decrementAndGet() == 0) {
        Promise<Void> waiting = drained;
        if (waiting != null) {
          waiting.tryComplete();
        }
      }
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
