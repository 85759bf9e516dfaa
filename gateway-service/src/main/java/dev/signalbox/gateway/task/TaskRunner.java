package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.bus.Call;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Runs tasks by what is announced: it knows no task by name. */
public final class TaskRunner {

  private final ServiceDirectory directory;
  private final Backend backend;

  /** Runs tasks of the services in a directory. */
  public TaskRunner(ServiceDirectory directory, Backend backend) {
    this.directory = directory;
    this.backend = backend;
  }

  /** Runs a task until the client leaves; the future never fails. */
  public Future<TaskOutcome> run(RoutingContext ctx, TaskOrder order) {
    TaskCatalogue catalogue = directory.catalogue();
    TaskCatalogue.Offer offer = catalogue.find(order.name());
    if (offer == null) {
      String service = catalogue.serviceOf(order.name());
      return Future.succeededFuture(
          service == null
              ? new TaskOutcome.Unknown(order.name(), catalogue.names())
              : new TaskOutcome.Faulted(Backend.missing(service)));
    }
    TaskType type = offer.type();
    Duration timeout =
        Duration.ofMillis(
            order.timeoutMs() == 0
                ? type.timeoutMs()
                : Math.min(order.timeoutMs(), type.timeoutMs()));
    return backend
        .call(
            offer.service(),
            offer.operation(),
            new TaskRequest(order.name(), order.params()),
            Call.of(RequestScope.of(ctx).requestId(), timeout)
                .traced(RequestScope.of(ctx).traceParent())
                .with(RequestScope.of(ctx).cancellation()))
        .transform(answered ->
            Future.succeededFuture(
                answered.succeeded()
                    ? new TaskOutcome.Answered(answered.result())
                    : faulted(answered.cause())));
  }

  private static TaskOutcome faulted(Throwable cause) {
    return new TaskOutcome.Faulted(
        cause instanceof ServiceException fault
            ? fault
            : new ServiceException(ErrorCode.INTERNAL, "The task failed internally", cause));
  }

  /** What is on offer. */
  public TaskCatalogue catalogue() {
    return directory.catalogue();
  }
}
