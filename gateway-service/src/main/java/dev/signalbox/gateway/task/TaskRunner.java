package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.access.Caller;
import dev.signalbox.gateway.access.Token;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs tasks of any announced type. */
public final class TaskRunner {

  /**
   * A task that a client asks for.
   *
   * @param name the task type or an alias
   * @param id the client's name for it; null for none
   * @param timeoutMs 0 for the timeout of the task type
   */
  public record TaskOrder(
      String name, Map<String, @Nullable Object> params, @Nullable String id, long timeoutMs) {}

  /** The outcome of a task. */
  public sealed interface TaskOutcome {

    /** A service answered. */
    record Answered(TaskReply reply) implements TaskOutcome {}

    /** No service has ever announced the task type. */
    record Unknown(String name, List<String> available) implements TaskOutcome {

      private static final int MAX_ECHO = 200;

      /** The error for the client. */
      String message() {
        return "Unknown task: "
            + (name.length() > MAX_ECHO ? name.substring(0, MAX_ECHO) + "..." : name);
      }
    }

    /** The caller's token, or a limit of it, forbids it; nothing was begun. */
    record Limited(HttpException refusal) implements TaskOutcome {

      /** Whether the caller may run no tasks at all any more. */
      boolean ofCaller() {
        return refusal.status() == UNAUTHENTICATED;
      }
    }

    /** The service failed, is unavailable, or did not answer in time. */
    record Faulted(ServiceException fault) implements TaskOutcome {

      /** The result cannot be written as JSON. */
      static Faulted unwritable() {
        return new Faulted(
            new ServiceException(ErrorCode.INTERNAL, "The result cannot be written as JSON"));
      }
    }
  }

  private static final int UNAUTHENTICATED = 401;

  private final ServiceDirectory directory;
  private final Backend backend;
  private final TaskCounts counts;
  private final TaskAllowance allowance;

  public TaskRunner(
      ServiceDirectory directory, Backend backend, TaskCounts counts, TaskAllowance allowance) {
    this.counts = counts;
    this.allowance = allowance;
    this.directory = directory;
    this.backend = backend;
  }

  /** Runs a task; the client's disconnect cancels it. The future never fails. */
  public Future<TaskOutcome> run(RoutingContext ctx, TaskOrder order) {
    // Once for each task: a stream may last longer than its token.
    Caller caller = RequestScope.of(ctx).callerStillGranted();
    if (caller == null) {
      return Future.succeededFuture(new TaskOutcome.Limited(notGranted()));
    }
    TaskCatalogue catalogue = directory.catalogue();
    TaskCatalogue.Offer offer = catalogue.find(order.name());
    if (offer == null) {
      String service = catalogue.serviceOf(order.name());
      return Future.succeededFuture(
          service == null
              ? new TaskOutcome.Unknown(order.name(), catalogue.names())
              : new TaskOutcome.Faulted(Backend.unavailable(service)));
    }
    Token token = caller.token();
    HttpException refusal = allowance.tryTake(ctx, token);
    if (refusal != null) {
      return Future.succeededFuture(new TaskOutcome.Limited(refusal));
    }
    TaskType type = offer.type();
    Duration timeout =
        Duration.ofMillis(
            order.timeoutMs() == 0
                ? type.timeoutMs()
                : Math.min(order.timeoutMs(), type.timeoutMs()));
    counts.started(type.name());
    return backend
        .call(
            offer.service(),
            offer.operation(),
            new TaskRequest(order.name(), order.params(), token == null ? null : token.requester()),
            Call.of(RequestScope.of(ctx).requestId(), timeout)
                .traced(RequestScope.of(ctx).trace())
                .with(RequestScope.of(ctx).cancellation()))
        .transform(answered -> {
          TaskOutcome outcome =
              answered.succeeded()
                  ? new TaskOutcome.Answered(answered.result())
                  : faulted(answered.cause());
          counts.ended(type.name(), outcome);
          return Future.succeededFuture(outcome);
        });
  }

  private static HttpException notGranted() {
    return HttpException.of(
        UNAUTHENTICATED,
        "UNAUTHENTICATED",
        "The token was revoked, has expired or grants less since the request began");
  }

  private static TaskOutcome faulted(Throwable cause) {
    return new TaskOutcome.Faulted(
        cause instanceof ServiceException fault
            ? fault
            : new ServiceException(ErrorCode.INTERNAL, "The task failed internally", cause));
  }

  /** The available task types. */
  public TaskCatalogue catalogue() {
    return directory.catalogue();
  }
}
