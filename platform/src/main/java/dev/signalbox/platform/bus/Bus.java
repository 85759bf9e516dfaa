package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Cancelled;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.trace.Span;
import dev.signalbox.platform.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Typed calls and events over the event bus, local or clustered.
 *
 * <p>A call ends at its deadline at the latest. A repeatable operation is tried again when an
 * attempt gets no answer; any operation is tried again when it reached nobody, for then nothing was
 * done.
 */
public final class Bus {

  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private static final int MAX_ATTEMPTS = 3;
  private static final long MIN_ATTEMPT_MS = 1_000;
  private static final long NOBODY_DELAY_MS = 50;

  private final Vertx vertx;
  private final EventBus eventBus;
  private final Carrier carrier;
  private final Tracer tracer;

  private Bus(Vertx vertx, Carrier carrier, Tracer tracer) {
    this.vertx = vertx;
    this.tracer = tracer;
    this.eventBus = vertx.eventBus();
    this.carrier = carrier;
  }

  /** The bus of a Vert.x instance; one per instance. */
  public static Bus on(Vertx vertx) {
    vertx.eventBus().registerCodec(new EnvelopeCodec());
    return vertx.isClustered()
        ? acrossProcesses(vertx)
        : new Bus(vertx, new DirectCarrier(vertx), Tracer.OFF);
  }

  static Bus acrossProcesses(Vertx vertx) {
    RemoteCancellations cancellations = new RemoteCancellations();
    Bus bus = new Bus(vertx, new EventBusCarrier(vertx.eventBus(), cancellations), Tracer.OFF);
    bus.subscribe(Cancelled.EVENT, event -> cancellations.cancelled(event.cancellationId()))
        .onFailure(cause -> LOG.warn("cancelled calls will run to their end", cause));
    return bus;
  }

  /** The same bus as one service uses it, whose calls and handlers are traced as that service's. */
  public Bus traced(Tracer other) {
    return new Bus(vertx, carrier, other);
  }

  /** A cancellation for calls on this bus, which reaches them in whatever process they are. */
  public Cancellation cancellable() {
    Cancellation cancellation = new Cancellation(Call.newRequestId() + Call.newRequestId());
    if (vertx.isClustered()) {
      cancellation.onRequest(() -> publish(Cancelled.EVENT, new Cancelled(cancellation.id())));
    }
    return cancellation;
  }

  /**
   * Calls an operation.
   *
   * @return the reply, or a {@link ServiceException}: what the service failed with, UNAVAILABLE
   *     when nobody serves the operation, TIMEOUT at the deadline
   */
  public <Q, R> Future<R> call(Operation<Q, R> operation, Q request, Call call) {
    Call bounded = call.atMost(operation.timeout());
    if (!tracer.on()) {
      return attempt(operation, request, bounded, 1, Span.NONE);
    }
    Span span = CallSpans.start(tracer, Span.Kind.CLIENT, operation, call);
    return CallSpans.ending(
        span, attempt(operation, request, bounded.traced(span.traceParent()), 1, span));
  }

  private <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, int number, Span span) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    long left = call.remainingMillis();
    if (left <= 0) {
      return Future.failedFuture(timeout(operation));
    }
    // Half of what is left, so that a lost attempt leaves time for another, which normally meets
    // another node; an operation that must not run twice gets it all.
    long wait =
        repeats(operation, number) ? Math.min(left, Math.max(left / 2, MIN_ATTEMPT_MS)) : left;
    Call attempted = wait == left ? call : call.until(System.nanoTime() + wait * 1_000_000);
    return carrier
        .attempt(operation, request, attempted, wait)
        .recover(cause ->
            cause instanceof Unanswered unanswered
                ? again(operation, request, call, number, unanswered.reason(), span)
                : Future.failedFuture(cause));
  }

  private <Q, R> Future<R> again(
      Operation<Q, R> operation,
      Q request,
      Call call,
      int number,
      Unanswered.Reason reason,
      Span span) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    span.event(reason.what());
    boolean repeats = repeats(operation, number);
    return switch (reason) {
      case NOBODY ->
          number >= MAX_ATTEMPTS || call.remainingMillis() <= NOBODY_DELAY_MS
              ? Future.failedFuture(unavailable(operation))
              : vertx
                  .timer(NOBODY_DELAY_MS, TimeUnit.MILLISECONDS)
                  .transform(ignored -> attempt(operation, request, call, number + 1, span));
      case TIMEOUT ->
          repeats
              ? attempt(operation, request, call, number + 1, span)
              : Future.failedFuture(timeout(operation));
      case LOST ->
          repeats
              ? attempt(operation, request, call, number + 1, span)
              : Future.failedFuture(unavailable(operation));
    };
  }

  private boolean repeats(Operation<?, ?> operation, int number) {
    return carrier.mayLose() && operation.repeatable() && number < MAX_ATTEMPTS;
  }

  private static ServiceException timeout(Operation<?, ?> operation) {
    return new ServiceException(ErrorCode.TIMEOUT, operation.address() + " did not answer in time");
  }

  private static ServiceException cancelled(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.CANCELLED, "nobody waits for " + operation.address() + " any more");
  }

  private static ServiceException unavailable(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.UNAVAILABLE, "no live instance serves " + operation.address());
  }

  /**
   * Serves an operation on the calling event loop. Completes when every member of the cluster
   * knows. Services go through {@code ServiceEndpoint}, which bounds and measures the work.
   */
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler) {
    return serve(operation, handler, Admission.UNBOUNDED);
  }

  /**
   * As {@link #serve(Operation, OperationHandler)}, with a permit for each request. It is released
   * when the reply has left, so that a stopping service does not close the bus before its last
   * answer.
   */
  public <Q, R> Future<Subscription> serve(
      Operation<Q, R> operation, OperationHandler<Q, R> handler, Admission admission) {
    return carrier.serve(
        operation, tracer.on() ? CallSpans.around(tracer, operation, handler) : handler, admission);
  }

  /** Tells everybody who listens; never fails. */
  public <E> void publish(EventType<E> type, E event) {
    eventBus.publish(
        type.address(),
        new Envelope.Local(null, type.type(), event),
        new DeliveryOptions().setCodecName(EnvelopeCodec.NAME));
  }

  /** Listens on the calling event loop. Completes when every member of the cluster knows. */
  public <E> Future<Subscription> subscribe(EventType<E> type, Consumer<E> listener) {
    MessageConsumer<Envelope> consumer = eventBus.consumer(type.address());
    consumer.handler(message -> {
      try {
        listener.accept(EnvelopeCodec.open(message.body(), type.type()));
      } catch (RuntimeException e) {
        LOG.warn("event {} could not be handled", type.address(), e);
      }
    });
    return consumer.completion().map(registered -> consumer::unregister);
  }
}
