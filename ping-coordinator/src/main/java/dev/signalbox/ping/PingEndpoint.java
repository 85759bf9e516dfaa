package dev.signalbox.ping;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.CompareRoundsRequest;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.MapTileRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadBlocksRequest;
import dev.signalbox.contracts.ping.RenewLeaseRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.ledger.Ledger;
import dev.signalbox.ping.map.MapTiles;
import dev.signalbox.platform.bus.OperationHandler;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.IdempotencyLog;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operations of ping-coordinator: checks what came over the bus, then asks the ledger. */
final class PingEndpoint {

  private static final int MAX_NAME = 128;
  private static final int MAX_TOKEN = 256;
  private static final int MAX_COUNT = 64;
  private static final int MAX_TASKS = 65_536;
  private static final int MAX_ERRORS = 10_000;
  private static final int LAST_BLOCK = 65_535;
  private static final int MAX_BITMAPS = 128;
  private static final int MAX_TIMES = 16;
  private static final int MAX_COMPARED = 4_096;
  private static final int MAX_OPT_OUTS = 10_000;
  private static final int MAX_CONTRIBUTORS = 1_000;
  private static final int MAX_RANK = 1_000_000;
  private static final int MAX_REASON = 500;
  private static final int MAX_ZOOM = 8;

  private final Ledger ledger;
  private final MapTiles map;

  PingEndpoint(Ledger ledger, MapTiles map) {
    this.ledger = ledger;
    this.map = map;
  }

  ServiceEndpoint serve(ServiceEndpoint endpoint) {
    return endpoint
        .serve(PingContract.LEASE_TASKS, checked(this::problems, Ledger::lease))
        .serve(PingContract.RENEW_LEASE, checked(this::problems, Ledger::renew))
        .serve(
            PingContract.RELEASE_LEASE,
            (request, call) -> ledger.traced(call.trace()).release(request))
        .serve(PingContract.SUBMIT_RESULT, checked(this::problems, Ledger::submit))
        .serve(
            PingContract.READ_RESULT,
            (request, call) -> ledger.traced(call.trace()).readResult(request))
        .serve(PingContract.ADD_TASK, checked(this::problems, Ledger::add))
        .serve(PingContract.GET_TASK, (request, call) -> ledger.traced(call.trace()).task(request))
        .serve(PingContract.LATEST_TASK, (request, call) -> ledger.traced(call.trace()).latest())
        .serve(PingContract.LIST_TASKS, checked(this::problems, Ledger::tasks))
        .serve(
            PingContract.LIST_IN_PROGRESS,
            (request, call) -> ledger.traced(call.trace()).inProgress())
        .serve(
            PingContract.REVISE_TASK,
            (request, call) -> ledger.traced(call.trace()).revise(request))
        .serve(PingContract.LIST_ERRORS, checked(this::problems, Ledger::errors))
        .serve(
            PingContract.CLEAR_ERRORS,
            (request, call) -> ledger.traced(call.trace()).clearErrors(request))
        .serve(PingContract.LIST_CONTRIBUTORS, checked(this::problems, Ledger::contributors))
        .serve(PingContract.GET_CONTRIBUTOR, checked(this::problems, Ledger::contributor))
        .serve(PingContract.CHANGE_CONTRIBUTOR, checked(this::problems, Ledger::changeContributor))
        .serve(
            PingContract.SUMMARISE_ROUND,
            (request, call) -> ledger.traced(call.trace()).summary(request))
        .serve(PingContract.READ_BLOCKS, checked(this::problems, Ledger::blocks))
        .serve(PingContract.COMPARE_ROUNDS, checked(this::problems, Ledger::compare))
        .serve(PingContract.LIST_ROUNDS, (request, call) -> ledger.traced(call.trace()).rounds())
        .serve(
            PingContract.START_ROUND,
            (request, call) -> ledger.traced(call.trace()).startRound(request))
        .serve(PingContract.LIST_OPT_OUTS, checked(this::problems, Ledger::optOuts))
        .serve(PingContract.ADD_OPT_OUT, checked(this::problems, Ledger::addOptOut))
        .serve(
            PingContract.REMOVE_OPT_OUT,
            (request, call) -> ledger.traced(call.trace()).removeOptOut(request))
        .serve(PingContract.LOOK_UP, checked(this::problems, Ledger::lookUp))
        .serve(PingContract.GET_PROGRESS, (request, call) -> ledger.traced(call.trace()).progress())
        .serve(PingContract.MAP_TILE, checked(this::problems, (_, request) -> map.tile(request)))
        .serve(
            PingContract.LIST_MAP_LABELS, (request, call) -> Future.succeededFuture(map.labels()))
        .serve(PingContract.MAP_POSTER, (request, call) -> map.poster(request));
  }

  private <Q, R> OperationHandler<Q, R> checked(
      Function<Q, Problems> check, BiFunction<Ledger, Q, Future<R>> work) {
    return (request, call) -> {
      List<FieldProblem> problems = check.apply(request).found;
      return problems.isEmpty()
          ? work.apply(ledger.traced(call.trace()), request)
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
        .check(
            request.contributor() == null || !request.contributor().strip().equalsIgnoreCase("me"),
            "/contributor",
            "must not be me, which stands for the caller")
        .token("/contributor_key", request.contributorKey())
        .range("/count", request.count(), 1, MAX_COUNT)
        .check(
            key == null || IdempotencyLog.isKey(key), "/idempotency_key", IdempotencyLog.KEY_RULE);
  }

  private Problems problems(ListContributorsRequest request) {
    return new Problems()
        .range("/after", request.after(), 0, MAX_RANK)
        .range("/limit", request.limit(), 1, MAX_CONTRIBUTORS);
  }

  private Problems problems(GetContributorRequest request) {
    return new Problems().name("/name", request.name()).token("/key", request.key());
  }

  private Problems problems(ChangeContributorRequest request) {
    String team = request.team();
    return new Problems()
        .name("/name", request.name())
        .token("/key", request.key())
        .name("/team", team == null || team.isEmpty() ? null : team);
  }

  private Problems problems(ListOptOutsRequest request) {
    return new Problems().range("/limit", request.limit(), 1, MAX_OPT_OUTS);
  }

  private Problems problems(AddOptOutRequest request) {
    String reason = request.reason();
    return new Problems()
        .check(request.network() != null, "/network", "is required")
        .check(request.requester() != null, "/requester", "is required")
        .name("/requester", request.requester())
        .check(
            reason == null
                || (reason.length() <= MAX_REASON
                    && reason.codePoints().noneMatch(Problems::unfit)),
            "/reason",
            "must be at most " + MAX_REASON + " characters, no control characters");
  }

  private Problems problems(ReadBlocksRequest request) {
    return new Problems()
        .range("/first", request.first(), 0, LAST_BLOCK)
        .range("/count", request.count(), 1, request.rtt() ? MAX_TIMES : MAX_BITMAPS);
  }

  private Problems problems(CompareRoundsRequest request) {
    return new Problems()
        .range("/first", request.first(), 0, LAST_BLOCK)
        .range("/count", request.count(), 1, MAX_COMPARED);
  }

  private Problems problems(LookUpRequest request) {
    return new Problems()
        .check(
            request.address() >= 0 && request.address() <= 0xffff_ffffL,
            "/address",
            "must be between 0 and 4294967295")
        .range("/length", request.length(), 8, 32);
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
    return new Problems().token("/lease_token", request.leaseToken());
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

  private Problems problems(MapTileRequest request) {
    int last = (1 << Math.clamp(request.z(), 0, MAX_ZOOM)) - 1;
    return new Problems()
        .range("/z", request.z(), 0, MAX_ZOOM)
        .range("/x", request.x(), 0, last)
        .range("/y", request.y(), 0, last);
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

    Problems token(String pointer, @Nullable String token) {
      return check(
          token == null || token.length() <= MAX_TOKEN,
          pointer,
          "must be at most " + MAX_TOKEN + " characters");
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
