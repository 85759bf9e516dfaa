package dev.signalbox.gateway.census;

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
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteHandler;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Section 7, document 5: the calls of the classic task server. */
public final class ClassicCensusRoutes implements Routes {

  private static final Answer NONE = Answer.json(200, "{\"error\":\"No tasks available\"}");
  private static final Answer SUCCESS = Answer.json(200, "{\"success\":true}");

  private final Backend backend;
  private final Ledger ledger;

  /** Routes onto ping-coordinator. */
  public ClassicCensusRoutes(Backend backend) {
    this.backend = backend;
    this.ledger = new Ledger(backend);
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    get(table, "/get_task", Role.WORKER, this::getTask);
    post(table, "/submit_result", Role.WORKER, this::submitResult);
    post(table, "/add_task", Role.ADMIN, this::addTask);
    get(table, "/error", Role.READER, this::errors);
    get(table, "/get_pending", Role.READER, this::pending);
    get(table, "/get_latest_task", Role.READER, this::latestTask);
    get(table, "/get_progress", Role.READER, this::progress);
    get(table, "/revise", Role.ADMIN, this::revise);
    get(table, "/error/reset", Role.ADMIN, this::resetErrors);
    get(table, "/ping", Role.READER, _ -> Future.succeededFuture(Answer.json(200, "{}")));
  }

  private static void get(RouteTable.Builder table, String path, Role role, RouteHandler handler) {
    table.add(Route.get(path, role, ClassicFaults.SUCCESS_ERROR, handler));
  }

  private static void post(RouteTable.Builder table, String path, Role role, RouteHandler handler) {
    table.add(Route.post(path, role, ClassicFaults.SUCCESS_ERROR, handler));
  }

  private record TaskView(
      int taskIndex, int taskStatus, String leaseToken, String expiresAt, String network) {}

  private Future<Answer> getTask(Exchange exchange) {
    var request =
        new LeaseTasksRequest(worker(exchange), null, null, 1, LeaseTasksRequest.Order.LOWEST);
    return backend
        .call(exchange, PingContract.LEASE_TASKS, request)
        .map(reply ->
            switch (reply) {
              case LeaseTasksReply.NoneAvailable _ -> NONE;
              case LeaseTasksReply.Leased leased -> {
                LeaseTasksReply.LeasedTask task = leased.tasks().getFirst();
                yield Answers.json(
                    200,
                    new TaskView(
                        task.taskIndex(),
                        TaskStatus.IN_PROGRESS.code(),
                        leased.token(),
                        Answers.time(leased.expiresAtEpochMs()),
                        task.network()));
              }
            });
  }

  /** Document 5's clients have no names; where they come from stands for one. */
  private static String worker(Exchange exchange) {
    SocketAddress peer = exchange.request().remoteAddress();
    return "classic@" + (peer == null ? "unknown" : peer.hostAddress());
  }

  private record IndexedError(long taskIndex, String error) {}

  private record Failure(boolean success, Object error) {}

  private Future<Answer> submitResult(Exchange exchange) {
    Map<String, @Nullable Object> body = StrictJson.object(exchange.body().getBytes());
    long index = index(body.get("task_index"));
    String token = body.get("lease_token") instanceof String text ? text : null;
    byte[] data = resultData(body).getBytes(StandardCharsets.UTF_8);
    return backend
        .call(
            exchange,
            PingContract.SUBMIT_RESULT,
            new SubmitResultRequest(
                index, token, SubmitResultRequest.Format.TEXT, new Binary(data)))
        .map(reply ->
            switch (reply) {
              case SubmitResultReply.Accepted _ -> SUCCESS;
              case SubmitResultReply.Invalid invalid -> failure(index, invalid.error());
              case SubmitResultReply.UnknownTask _ ->
                  failure(index, "Index of " + index + " not found");
              case SubmitResultReply.AlreadyDone _ -> failure(index, "already done");
              case SubmitResultReply.NoLease _ -> failure(index, "no lease");
            });
  }

  private static Answer failure(long index, String error) {
    return Answers.json(200, new Failure(false, new IndexedError(index, error)));
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
    throw HttpFault.of(400, "BAD_TASK_INDEX", "task_index must be a whole number");
  }

  /**
   * The zeros and ones, wherever this client puts them. What is not there, or comes with {@code
   * success} false, is a result of length 0: the task's error then says so.
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

  private Future<Answer> addTask(Exchange exchange) {
    Object status = StrictJson.object(exchange.body().getBytes()).getOrDefault("task_status", 0);
    if (!(status instanceof Integer code) || code < 0 || code > 1) {
      throw HttpFault.of(400, "BAD_STATUS", "task_status must be 0 or 1");
    }
    return backend
        .call(exchange, PingContract.ADD_TASK, new AddTaskRequest(TaskStatus.of(code)))
        .map(task -> Answers.json(200, new Added(true, task.index())));
  }

  private Future<Answer> errors(Exchange exchange) {
    return ledger.errors(exchange).map(errors -> Answers.json(200, views(errors)));
  }

  private static List<IndexedError> views(List<TaskFault> errors) {
    return errors.stream()
        .map(fault -> new IndexedError(fault.taskIndex(), fault.error()))
        .toList();
  }

  private Future<Answer> pending(Exchange exchange) {
    return ledger.inProgress(exchange).map(tasks -> Answers.json(200, byIndex(tasks)));
  }

  private static Map<String, Integer> byIndex(List<TaskRow> tasks) {
    var statuses = new LinkedHashMap<String, Integer>();
    tasks.forEach(
        task -> statuses.put(Integer.toString(task.index()), TaskStatus.IN_PROGRESS.code()));
    return statuses;
  }

  private Future<Answer> latestTask(Exchange exchange) {
    return backend
        .call(exchange, PingContract.LATEST_TASK, new LatestTaskRequest())
        .map(reply ->
            reply.index() == null
                ? NONE
                : Answer.json(200, "{\"task_index\":" + reply.index() + ",\"task_status\":0}"));
  }

  private record Progress(
      double progress,
      int doneTasks,
      int totalTasks,
      List<IndexedError> errors,
      Map<String, Integer> pending) {}

  private Future<Answer> progress(Exchange exchange) {
    Future<GetProgressReply> counts =
        backend.call(exchange, PingContract.GET_PROGRESS, new GetProgressRequest());
    Future<List<TaskFault>> errors = ledger.errors(exchange);
    Future<List<TaskRow>> pending = ledger.inProgress(exchange);
    return Future.all(counts, errors, pending)
        .map(_ ->
            Answers.json(
                200,
                new Progress(
                    percent(counts.result()),
                    counts.result().done(),
                    counts.result().total(),
                    views(errors.result()),
                    byIndex(pending.result()))));
  }

  /** Share of tasks done, in percent to four places. */
  static double percent(GetProgressReply counts) {
    return counts.total() == 0
        ? 0
        : Math.round(counts.done() * 100.0 / counts.total() * 10_000) / 10_000.0;
  }

  private Future<Answer> revise(Exchange exchange) {
    MultiMap query = exchange.request().params();
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
            exchange,
            PingContract.REVISE_TASK,
            new ReviseTaskRequest(id, TaskStatus.of(code), force != null && force != 0))
        .map(reply ->
            switch (reply) {
              case ReviseTaskReply.Revised _ -> SUCCESS;
              case ReviseTaskReply.Working _ ->
                  Answers.json(200, new Failure(false, "The task is working"));
              case ReviseTaskReply.UnknownTask _ ->
                  Answers.json(200, new Failure(false, "Index of " + id + " not found"));
            });
  }

  private Future<Answer> resetErrors(Exchange exchange) {
    Integer id = number(exchange.request().params().get("id"));
    if (id == null || id < -1) {
      return refused("id must be the index of a task, or -1 for all");
    }
    return backend
        .call(exchange, PingContract.CLEAR_ERRORS, new ClearErrorsRequest(id == -1 ? null : id))
        .map(_ -> SUCCESS);
  }

  private static Future<Answer> refused(String why) {
    return Future.succeededFuture(Answers.json(200, new Failure(false, why)));
  }

  private static @Nullable Integer number(@Nullable String text) {
    if (text == null) {
      return null;
    }
    OptionalLong number = WholeNumber.parse(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return number.isPresent() ? (int) number.getAsLong() : null;
  }
}
