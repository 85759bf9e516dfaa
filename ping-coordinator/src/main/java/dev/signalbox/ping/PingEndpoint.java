package dev.signalbox.ping;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.ledger.Ledger;
import dev.signalbox.platform.bus.OperationHandler;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.IdempotencyLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operations of ping-coordinator: checks what came over the bus, then asks the ledger. */
final class PingEndpoint {

  private static final int MAX_NAME = 128;
  private static final int MAX_TOKEN = 256;
  private static final int MAX_COUNT = 64;
  private static final int MAX_TASKS = 65_536;
  private static final int MAX_ERRORS = 10_000;

  private final Ledger ledger;

  PingEndpoint(Ledger ledger) {
    this.ledger = ledger;
  }

  ServiceEndpoint serve(ServiceEndpoint endpoint) {
    return endpoint
        .serve(PingContract.LEASE_TASKS, checked(this::problems, ledger::lease))
        .serve(PingContract.RENEW_LEASE, checked(this::problems, ledger::renew))
        .serve(PingContract.RELEASE_LEASE, (request, call) -> ledger.release(request))
        .serve(PingContract.SUBMIT_RESULT, checked(this::problems, ledger::submit))
        .serve(PingContract.READ_RESULT, (request, call) -> ledger.readResult(request))
        .serve(PingContract.ADD_TASK, checked(this::problems, ledger::add))
        .serve(PingContract.GET_TASK, (request, call) -> ledger.task(request))
        .serve(PingContract.LATEST_TASK, (request, call) -> ledger.latest())
        .serve(PingContract.LIST_TASKS, checked(this::problems, ledger::tasks))
        .serve(PingContract.LIST_IN_PROGRESS, (request, call) -> ledger.inProgress())
        .serve(PingContract.REVISE_TASK, (request, call) -> ledger.revise(request))
        .serve(PingContract.LIST_ERRORS, checked(this::problems, ledger::errors))
        .serve(PingContract.CLEAR_ERRORS, (request, call) -> ledger.clearErrors(request))
        .serve(PingContract.GET_PROGRESS, (request, call) -> ledger.progress());
  }

  private static <Q, R> OperationHandler<Q, R> checked(
      Function<Q, Problems> check, Function<Q, Future<R>> work) {
    return (request, call) -> {
      List<FieldProblem> problems = check.apply(request).found;
      return problems.isEmpty()
          ? work.apply(request)
          : Future.failedFuture(
              new ServiceException(
                  ErrorCode.INVALID_REQUEST, problems.getFirst().message(), problems));
    };
  }

  private Problems problems(LeaseTasksRequest request) {
    String key = request.idempotencyKey();
    return new Problems()
        .check(request.worker() != null, "/worker", "is required")
        .name("/worker", request.worker())
        .name("/contributor", request.contributor())
        .name("/team", request.team())
        .range("/count", request.count(), 1, MAX_COUNT)
        .check(
            key == null || IdempotencyLog.isKey(key), "/idempotency_key", IdempotencyLog.KEY_RULE);
  }

  private Problems problems(RenewLeaseRequest request) {
    Problems problems = new Problems().range("/done", request.done().size(), 0, MAX_COUNT);
    request
        .done()
        .forEach((index, share) ->
            problems.check(
                share != null && share >= 0 && share <= 1,
                "/done/" + index,
                "must be a number from 0 to 1"));
    return problems;
  }

  private Problems problems(SubmitResultRequest request) {
    String token = request.leaseToken();
    return new Problems()
        .check(
            token == null || token.length() <= MAX_TOKEN,
            "/lease_token",
            "must be at most " + MAX_TOKEN + " characters");
  }

  private Problems problems(AddTaskRequest request) {
    return new Problems()
        .check(
            request.status() == TaskStatus.AVAILABLE || request.status() == TaskStatus.IN_PROGRESS,
            "/task_status",
            "must be 0 or 1");
  }

  private Problems problems(ListTasksRequest request) {
    return new Problems().range("/limit", request.limit(), 1, MAX_TASKS);
  }

  private Problems problems(ListErrorsRequest request) {
    return new Problems().range("/limit", request.limit(), 1, MAX_ERRORS);
  }

  /** What is wrong with a request, all of it. */
  private static final class Problems {

    private final List<FieldProblem> found = new ArrayList<>();

    Problems check(boolean holds, String pointer, String message) {
      if (!holds) {
        found.add(new FieldProblem(pointer, message));
      }
      return this;
    }

    Problems range(String pointer, int value, int min, int max) {
      return check(value >= min && value <= max, pointer, "must be between " + min + " and " + max);
    }

    /** Names are shown to others: no control characters, and not without end. */
    Problems name(String pointer, @Nullable String name) {
      return check(
          name == null
              || (!name.isBlank()
                  && name.length() <= MAX_NAME
                  && name.codePoints().noneMatch(Problems::unfit)),
          pointer,
          "must be 1 to " + MAX_NAME + " characters, no control characters");
    }

    /** Halves of surrogate pairs have no encoding that a database would take. */
    private static boolean unfit(int character) {
      return Character.isISOControl(character)
          || Character.getType(character) == Character.SURROGATE;
    }
  }
}
