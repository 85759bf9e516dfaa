package dev.signalbox.platform.bus;

import dev.signalbox.contracts.Cancelled;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Typed calls and events over the event bus, local or clustered.
 *
 * <p>A call ends at its deadline at the latest, and its handler has all of that time. A call that
 * was not begun anywhere, because a process could not be reached or refused it in stopping, is
 * tried at the others; one whose process is lost is tried again when its operation is repeatable,
 * and fails at once when it is not.
 */
public final class Bus {

  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  private static final int MAX_ATTEMPTS = 8;
  private static final int NOBODY_ROUNDS = 3;
  private static final long NOBODY_DELAY_MS = 50;

  private final Vertx vertx;
  private final Carrier carrier;
  private final @Nullable Tracer tracer;
  private final @Nullable Members members;
  private final @Nullable Greetings greetings;

  private Bus(
      Vertx vertx,
      Carrier carrier,
      @Nullable Tracer tracer,
      @Nullable Members members,
      @Nullable Greetings greetings) {
    this.vertx = vertx;
    this.tracer = tracer;
    this.carrier = carrier;
    this.members = members;
    this.greetings = greetings;
  }

  /** The bus of a Vert.x instance that is alone. */
  public static Bus on(Vertx vertx) {
    vertx.eventBus().registerCodec(new EnvelopeCodec());
    return new Bus(vertx, new DirectCarrier(vertx), null, null, null);
  }

  /**
   * The bus of a Vert.x instance in a cluster; one per instance.
   *
   * @return the bus, when it knows what each listed member serves that can be reached
   */
  public static Future<Bus> among(Members members, Vertx vertx) {
    vertx.eventBus().registerCodec(new EnvelopeCodec()).registerCodec(new ExchangeCodec());
    RemoteCancellations cancellations = new RemoteCancellations();
    Greetings greetings = new Greetings(vertx, members);
    EventBusCarrier carrier = new EventBusCarrier(vertx, members, greetings, cancellations);
    Bus bus = new Bus(vertx, carrier, null, members, greetings);
    return greetings
        .begin()
        .compose(_ ->
            bus.subscribe(
                Cancelled.EVENT, event -> cancellations.cancelled(event.cancellationId())))
        .map(bus);
  }

  /**
   * The addresses of operations that some process of the cluster serves, not those of one process's
   * own and of events; empty without a cluster.
   */
  public Set<String> served() {
    return members == null
        ? Set.of()
        : members.serving().keySet().stream()
            .filter(address ->
                address.indexOf('@') < 0 && address.indexOf('.') == address.lastIndexOf('.'))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether some process that can be reached serves an operation, as this one knows it now. */
  public boolean serves(Operation<?, ?> operation) {
    return carrier.serves(operation.address());
  }

  /**
   * How many processes of the cluster serve any of some operations, as this one knows it now; at
   * least 1. By it each of them takes its share of a limit that holds for all together. What is
   * returned may be asked often.
   */
  public IntSupplier sharers(Operation<?, ?>... operations) {
    return members == null ? () -> 1 : new Sharers(members, operations);
  }

  /** Tells the other members that this one leaves; completes when that is sent. */
  public Future<Void> leave() {
    return greetings == null ? Future.succeededFuture() : greetings.leave();
  }

  /** The same bus as one service uses it, whose calls and handlers are traced as that service's. */
  public Bus traced(Tracer other) {
    return new Bus(vertx, carrier, other, members, greetings);
  }

  /** The same bus for calls that belong to no trace, such as looks at the system itself. */
  public Bus untraced() {
    return new Bus(vertx, carrier, null, members, greetings);
  }

  /** A cancellation for calls on this bus, which reaches them in whatever process they are. */
  public Cancellation cancellable() {
    Cancellation cancellation = new Cancellation(Call.newRequestId() + Call.newRequestId());
    if (greetings != null) {
      cancellation.onRequest(() -> publish(Cancelled.EVENT, new Cancelled(cancellation.id())));
    }
    return cancellation;
  }

  /**
   * Calls an operation.
   *
   * @return the reply, or a {@link ServiceException}: what the service failed with, UNAVAILABLE
   *     when no instance serves the operation, TIMEOUT at the deadline
   */
  public <Q, R> Future<R> call(Operation<Q, R> operation, Q request, Call call) {
    Call bounded = call.atMost(operation.timeout());
    if (tracer == null) {
      return attempt(operation, request, bounded, new Attempts(null));
    }
    Span span = CallSpans.start(tracer, SpanKind.CLIENT, operation, call);
    return CallSpans.ending(
        span,
        attempt(
            operation,
            request,
            bounded.traced(TraceContext.below(tracer, span)),
            new Attempts(span)));
  }

  private <Q, R> Future<R> attempt(
      Operation<Q, R> operation, Q request, Call call, Attempts attempts) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    long left = call.remainingMillis();
    if (left <= 0) {
      return Future.failedFuture(timeout(operation));
    }
    return carrier
        .attempt(operation, request, call, left, attempts)
        .recover(cause -> {
          if (cause instanceof Unanswered unanswered) {
            return again(operation, request, call, attempts, unanswered.reason());
          }
          if (cause instanceof ServiceException fault && fault.code() == ErrorCode.STOPPING) {
            attempts.refused(fault);
            return attempt(operation, request, call, attempts);
          }
          return Future.failedFuture(cause);
        });
  }

  private <Q, R> Future<R> again(
      Operation<Q, R> operation,
      Q request,
      Call call,
      Attempts attempts,
      Unanswered.Reason reason) {
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled(operation));
    }
    attempts.failed(reason.what());
    boolean more = attempts.made() < MAX_ATTEMPTS;
    return switch (reason) {
      case UNREACHED ->
          more
              ? attempt(operation, request, call, attempts)
              : Future.failedFuture(unavailable(operation, attempts));
      case LOST ->
          more && operation.repeatable()
              ? attempt(operation, request, call, attempts)
              : Future.failedFuture(lost(operation));
      case NOBODY -> {
        // An instance that replaces another one may be about to start.
        if (!more
            || attempts.round() >= NOBODY_ROUNDS
            || call.remainingMillis() <= NOBODY_DELAY_MS) {
          yield Future.failedFuture(unavailable(operation, attempts));
        }
        yield vertx
            .timer(NOBODY_DELAY_MS, TimeUnit.MILLISECONDS)
            .transform(_ -> attempt(operation, request, call, attempts));
      }
      case TIMEOUT -> Future.failedFuture(timeout(operation));
    };
  }

  private static ServiceException timeout(Operation<?, ?> operation) {
    return new ServiceException(ErrorCode.TIMEOUT, operation.address() + " did not answer in time");
  }

  private static ServiceException cancelled(Operation<?, ?> operation) {
    return new ServiceException(ErrorCode.CANCELLED, "the caller cancelled " + operation.address());
  }

  /** What the service said that refused it, if one did. */
  private static ServiceException unavailable(Operation<?, ?> operation, Attempts attempts) {
    ServiceException refusal = attempts.refusal();
    return refusal != null
        ? refusal
        : new ServiceException(ErrorCode.UNAVAILABLE, operation.address() + " is not available");
  }

  private static ServiceException lost(Operation<?, ?> operation) {
    return new ServiceException(
        ErrorCode.UNAVAILABLE,
        operation.address() + " was lost before it replied; the request may have been carried out");
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
        operation,
        tracer == null ? handler : CallSpans.around(tracer, operation, handler),
        admission);
  }

  /** Publishes an event to all its listeners; never fails. */
  public <E> void publish(EventType<E> type, E event) {
    carrier.publish(type.address(), new Envelope.Local(null, type.type(), event));
  }

  /** Listens on the calling event loop. Completes when every member of the cluster knows. */
  public <E> Future<Subscription> subscribe(EventType<E> type, Consumer<E> listener) {
    return carrier.subscribe(
        type.address(),
        envelope -> {
          try {
            listener.accept(EnvelopeCodec.open(envelope, type.type()));
          } catch (RuntimeException e) {
            LOG.warn("event {} could not be handled", type.address(), e);
          }
        });
  }
}
