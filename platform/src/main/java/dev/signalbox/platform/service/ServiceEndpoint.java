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
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an instance serves on the bus. Bounds the work in flight, measures it, has it announced, and
 * ends it in order.
 */
public final class ServiceEndpoint {

  private static final long WITHDRAW_MS = 2_000;
  private static final long LOOK_MS = 20;

  private final ServiceInstance instance;
  private final Bus bus;
  private final int maxInFlight;
  private final List<Supplier<Future<Void>>> pending = new ArrayList<>();
  private final List<Subscription> shared = new CopyOnWriteArrayList<>();
  private final List<Subscription> own = new CopyOnWriteArrayList<>();
  // Replies may come from other threads than requests, when a handler answers from one.
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean draining;

  ServiceEndpoint(ServiceInstance instance, int maxInFlight) {
    this.instance = instance;
    this.bus = instance.bus();
    this.maxInFlight = maxInFlight;
  }

  /** Serves an operation at its address, shared with the other replicas. */
  public <Q, R> ServiceEndpoint serve(Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    instance.offers(operation.address());
    return serve(operation, instance.meter(operation.address()), handler, true);
  }

  /** Serves an operation at this instance's own address, for what only the owner can do. */
  public <Q, R> ServiceEndpoint serveHere(
      Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return serve(
        operation.at(instance.node()), instance.meter(operation.address()), handler, false);
  }

  private <Q, R> ServiceEndpoint serve(
      Operation<Q, R> operation,
      OperationMeter meter,
      OperationHandler<Q, R> handler,
      boolean forAny) {
    pending.add(() ->
        bus.serve(operation, handler, call -> new RequestPermit(call, meter, forAny))
            .onSuccess((forAny ? shared : own)::add)
            .mapEmpty());
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
    private final @Nullable TraceContext trace;
    private final @Nullable ServiceException refusal;
    private final long startNanos;

    private RequestPermit(Call call, OperationMeter meter, boolean forAny) {
      this.meter = meter;
      this.trace = call.trace();
      this.refusal = check(call, inFlight.incrementAndGet(), forAny);
      this.startNanos = refusal == null ? meter.started() : 0;
    }

    private @Nullable ServiceException check(Call call, int requests, boolean forAny) {
      if (call.expired()) {
        // Work whose caller has already given up would only delay that of others.
        return new ServiceException(
            ErrorCode.TIMEOUT, "the deadline passed before the request reached " + instance.name());
      }
      if (call.cancellation().requested()) {
        return new ServiceException(ErrorCode.CANCELLED, "the caller cancelled the request");
      }
      if (draining && forAny) {
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
        meter.ended(startNanos, failure, trace);
      }
      inFlight.decrementAndGet();
    }
  }

  /** Registers everything; completes when every member of the cluster knows. */
  public Future<Void> open() {
    List<Future<Void>> registrations = pending.stream().map(Supplier::get).toList();
    pending.clear();
    return Future.all(registrations).mapEmpty();
  }

  /** As {@link #drain(BooleanSupplier)}, for a service that has nothing open between requests. */
  public Future<Void> drain() {
    return drain(() -> true);
  }

  /**
   * Ends the work in an order by which no request fails. Callers get the notice to go elsewhere,
   * and until they have it, their requests are still answered; then those that come nevertheless
   * are refused as STOPPING, which a caller tries elsewhere. What is under way ends, but no later
   * than the drain time; what only this instance can do is served until then.
   *
   * @param idle whether nothing is open that takes further requests to this instance, such as an
   *     upload
   */
  public Future<Void> drain(BooleanSupplier idle) {
    instance.draining();
    // Bounded: in a cluster that falls apart no member may be left to confirm.
    return withdraw(shared)
        .compose(_ -> {
          draining = true;
          Promise<Void> quiet = Promise.promise();
          long end = System.nanoTime() + instance.drainTime().toNanos();
          awaitQuiet(idle, end, quiet);
          return quiet.future();
        })
        .compose(_ -> withdraw(own))
        .compose(_ -> {
          List<Future<Void>> cancelled =
              Stream.concat(shared.stream(), own.stream()).map(Subscription::cancel).toList();
          return bounded(Future.join(cancelled));
        });
  }

  private Future<Void> withdraw(List<Subscription> subscriptions) {
    return bounded(Future.join(subscriptions.stream().map(Subscription::withdraw).toList()));
  }

  private static Future<Void> bounded(Future<?> work) {
    return work.timeout(WITHDRAW_MS, TimeUnit.MILLISECONDS)
        .transform(_ -> Future.succeededFuture());
  }

  private void awaitQuiet(BooleanSupplier idle, long end, Promise<Void> quiet) {
    if ((inFlight.get() == 0 && idle.getAsBoolean()) || System.nanoTime() - end >= 0) {
      quiet.complete();
    } else {
      instance.vertx().setTimer(LOOK_MS, _ -> awaitQuiet(idle, end, quiet));
    }
  }
}
