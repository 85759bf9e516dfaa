package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.AddTaskRequest;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetProgressRequest;
import dev.signalbox.contracts.ping.LatestTaskRequest;
import dev.signalbox.contracts.ping.LeaseTasksReply;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Section 7, document 5: the calls of the classic task server. */
public final class ClassicCensusRoutes implements Section {

  private static final Response NONE = Response.json(200, Map.of("error", "No tasks available"));
  private static final Response SUCCESS = Response.json(200, Map.of("success", true));
  private static final Response EMPTY = Response.json(200, Map.of());

  private final Backend backend;
  private final Ledger ledger;

  public ClassicCensusRoutes(Backend backend) {
    this.backend = backend;
    this.ledger = new Ledger(backend);
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.SUCCESS_ERROR);
    RouteRules works = RouteRules.changes(Role.WORKER, ErrorShapes.SUCCESS_ERROR);
    RouteRules administers = RouteRules.changes(Role.ADMIN, ErrorShapes.SUCCESS_ERROR);
    // Some of document 5's calls change state by GET.
    router.get("/get_task", works.bodyless()).handler(respond(this::getTask));
    router.post("/submit_result", works).handler(respond(this::submitResult));
    router.post("/add_task", administers).handler(respond(this::addTask));
    router.get("/error", reads).handler(respond(this::errors));
    router.get("/get_pending", reads).handler(respond(this::pending));
    router.get("/get_latest_task", reads).handler(respond(this::latestTask));
    router.get("/get_progress", reads).handler(respond(this::progress));
    router.get("/revise", administers.bodyless()).handler(respond(this::revise));
    router.get("/error/reset", administers.bodyless()).handler(respond(this::resetErrors));
    router.get("/ping", reads).handler(respond(_ -> Future.succeededFuture(EMPTY)));
  }

  private record TaskView(
      int taskIndex, int taskStatus, String leaseToken, String expiresAt, String network) {}

  private Future<Response> getTask(RoutingContext ctx) {
    var request =
        new LeaseTasksRequest(
            worker(ctx),
            null,
            null,
            1,
            LeaseTasksRequest.Order.LOWEST,
            null,
            null,
            null,
            Requests.clientAddress(ctx));
    return backend
        .call(ctx, PingContract.LEASE_TASKS, request)
        .map(reply ->
            switch (reply) {
              case LeaseTasksReply.NoneAvailable _,
                  LeaseTasksReply.TooManyLeased _,
                  LeaseTasksReply.TooManyNames _,
                  LeaseTasksReply.WrongKey _ ->
                  NONE;
              case LeaseTasksReply.Leased leased -> {
                LeaseTasksReply.LeasedTask task = leased.tasks().getFirst();
                yield Response.json(
                    200,
                    new TaskView(
                        task.taskIndex(),
                        TaskStatus.IN_PROGRESS.code(),
                        leased.token(),
                        Response.time(leased.expiresAtEpochMs()),
                        task.network()));
              }
            });
  }

  /** Document 5's clients have no names; their address serves as one. */
  private static String worker(RoutingContext ctx) {
    String address = Requests.clientAddress(ctx);
    return "classic@" + (address == null ? "unknown" : address);
  }

  private record IndexedError(long taskIndex, String error) {}

  private record Failure(boolean success, Object error) {}

  private Future<Response> submitResult(RoutingContext ctx) {
    Map<String, @Nullable Object> body = StrictJson.object(RequestScope.of(ctx).body().getBytes());
    long index = index(body.get("task_index"));
    String token = body.get("lease_token") instanceof String text ? text : null;
    byte[] data = resultData(body).getBytes(StandardCharsets.UTF_8);
    return backend
        .call(
            ctx,
            PingContract.SUBMIT_RESULT,
            new SubmitResultRequest(
                index,
                token,
                SubmitResultRequest.Format.TEXT,
                new Binary(data),
                null,
                Requests.clientAddress(ctx)))
        .map(reply ->
            switch (reply) {
              case SubmitResultReply.Accepted _ -> SUCCESS;
              case SubmitResultReply.Invalid invalid -> failure(index, invalid.error());
              case SubmitResultReply.UnknownTask _ ->
                  failure(index, "Index of " + index + " not found");
              case SubmitResultReply.AlreadyDone _ -> failure(index, "already done");
              case SubmitResultReply.NoLease _ -> failure(index, "not leased to you");
            });
  }

  private static Response failure(long index, String error) {
    return Response.json(200, new Failure(false, new IndexedError(index, error)));
  }

  private static long index(@Nullable Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    if (value instanceof String text) {
      OptionalLong index = WholeNumber.parse(text, Long.MIN_VALUE, Long.MAX_VALUE);
      if (index.isPresent()) {
        return index.getAsLong();
      }
    }
    throw HttpException.of(400, "BAD_TASK_INDEX", "task_index must be a whole number");
  }

  /**
   * The zeros and ones, from either place where clients put them. A missing result, or one with
   * {@code success} false, has length 0, which the task's error then reports.
   */
  private static String resultData(Map<String, @Nullable Object> body) {
    Object result = body.get("result");
    if (result instanceof Map<?, ?> map) {
      boolean failed = Boolean.FALSE.equals(map.get("success"));
      return !failed && map.get("result_data") instanceof String text ? text : "";
    }
    Object data = result instanceof String ? result : body.get("result_data");
    return data instanceof String text ? text : "";
  }

  private record Added(boolean success, int taskIndex) {}

  private Future<Response> addTask(RoutingContext ctx) {
    Object status =
        StrictJson.object(RequestScope.of(ctx).body().getBytes()).getOrDefault("task_status", 0);
    if (!(status instanceof Integer code) || code < 0 || code > 1) {
      throw HttpException.of(400, "BAD_STATUS", "task_status must be 0 or 1");
    }
    return backend
        .call(ctx, PingContract.ADD_TASK, new AddTaskRequest(TaskStatus.of(code)))
        .map(task -> Response.json(200, new Added(true, task.index())));
  }

  private Future<Response> errors(RoutingContext ctx) {
    return ledger.errors(ctx).map(errors -> Response.json(200, views(errors)));
  }

  private static List<IndexedError> views(List<TaskFault> errors) {
    return errors.stream()
        .map(fault -> new IndexedError(fault.taskIndex(), fault.error()))
        .toList();
  }

  private Future<Response> pending(RoutingContext ctx) {
    return ledger
        .inProgress(ctx)
        .map(indices -> Response.json(200, Buffer.buffer(statuses(indices))));
  }

  /** A JSON object of index and status; clients poll it, and there may be 65,536. */
  private static String statuses(BitSet inProgress) {
    StringBuilder json = new StringBuilder("{");
    for (int i = inProgress.nextSetBit(0); i >= 0; i = inProgress.nextSetBit(i + 1)) {
      json.append(json.length() == 1 ? "" : ",")
          .append('"')
          .append(i)
          .append("\":")
          .append(TaskStatus.IN_PROGRESS.code());
    }
    return json.append('}').toString();
  }

  private record Available(int taskIndex, int taskStatus) {}

  private Future<Response> latestTask(RoutingContext ctx) {
    return backend
        .call(ctx, PingContract.LATEST_TASK, new LatestTaskRequest())
        .map(reply ->
            reply.index() == null
                ? NONE
                : Response.json(200, new Available(reply.index(), TaskStatus.AVAILABLE.code())));
  }

  private record Progress(
      double progress,
      int doneTasks,
      int totalTasks,
      List<IndexedError> errors,
      @JsonRawValue String pending) {}

  private Future<Response> progress(RoutingContext ctx) {
    Future<GetProgressReply> counts =
        backend.call(ctx, PingContract.GET_PROGRESS, new GetProgressRequest());
    Future<List<TaskFault>> errors = ledger.errors(ctx);
    Future<BitSet> pending = ledger.inProgress(ctx);
    return Future.all(counts, errors, pending)
        .map(_ ->
            Response.json(
                200,
                new Progress(
                    percent(counts.result()),
                    counts.result().done(),
                    counts.result().total(),
                    views(errors.result()),
                    statuses(pending.result()))));
  }

  /** Percentage of tasks done, to four places. */
  static double percent(GetProgressReply counts) {
    return counts.total() == 0
        ? 0
        : Math.round(counts.done() * 100.0 / counts.total() * 10_000) / 10_000.0;
  }

  private Future<Response> revise(RoutingContext ctx) {
    MultiMap query = ctx.request().params();
    Integer id = number(query.get("id"));
    Integer code = number(query.get("code"));
    Integer force = number(query.get("force"));
    if (id == null || id < 0) {
      return refused("id must be the index of a task");
    }
    if (code == null || code < 0 || code > 3) {
      return refused("code must be 0, 1, 2 or 3");
    }
    return backend
        .call(
            ctx,
            PingContract.REVISE_TASK,
            new ReviseTaskRequest(id, TaskStatus.of(code), force != null && force != 0))
        .map(reply ->
            switch (reply) {
              case ReviseTaskReply.Revised _ -> SUCCESS;
              case ReviseTaskReply.Working _ ->
                  Response.json(200, new Failure(false, "The task is working"));
              case ReviseTaskReply.UnknownTask _ ->
                  Response.json(200, new Failure(false, "Index of " + id + " not found"));
            });
  }

  private Future<Response> resetErrors(RoutingContext ctx) {
    Integer id = number(ctx.request().params().get("id"));
    if (id == null || id < -1) {
      return refused("id must be the index of a task, or -1 for all");
    }
    return backend
        .call(ctx, PingContract.CLEAR_ERRORS, new ClearErrorsRequest(id == -1 ? null : id))
        .map(_ -> SUCCESS);
  }

  private static Future<Response> refused(String why) {
    return Future.succeededFuture(Response.json(200, new Failure(false, why)));
  }

  private static @Nullable Integer number(@Nullable String text) {
    if (text == null) {
      return null;
    }
    OptionalLong number = WholeNumber.parse(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return number.isPresent() ? (int) number.getAsLong() : null;
  }
}
