package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetProgressRequest;
import dev.signalbox.contracts.ping.GetTaskRequest;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.ReviseTaskReply;
import dev.signalbox.contracts.ping.ReviseTaskRequest;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 7, {@code /api/v1/census}: the ledger, its errors, its progress. */
public final class CensusRoutes implements Routes {

  private static final String CENSUS = "/api/v1/census";

  private final Backend backend;

  /** Routes onto ping-coordinator. */
  public CensusRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get(CENSUS + "/tasks", Role.READER, ProblemFaults.PROBLEM, this::tasks))
        .add(Route.get(CENSUS + "/tasks/{index}", Role.READER, ProblemFaults.PROBLEM, this::task))
        .add(
            Route.with(
                HttpMethod.PATCH,
                CENSUS + "/tasks/{index}",
                Role.ADMIN,
                ProblemFaults.PROBLEM,
                this::revise))
        .add(
            Route.get(
                CENSUS + "/tasks/{index}/result", Role.READER, ProblemFaults.PROBLEM, this::result))
        .add(Route.get(CENSUS + "/errors", Role.READER, ProblemFaults.PROBLEM, this::errors))
        .add(
            Route.delete(
                CENSUS + "/errors", Role.ADMIN, ProblemFaults.PROBLEM, e -> clear(e, null)))
        .add(
            Route.delete(
                CENSUS + "/errors/{index}",
                Role.ADMIN,
                ProblemFaults.PROBLEM,
                e -> clear(e, TaskIndex.of(e))))
        .add(Route.get(CENSUS + "/progress", Role.READER, ProblemFaults.PROBLEM, this::progress));
  }

  private Future<Answer> tasks(Exchange exchange) {
    Query query = Query.of(exchange);
    String text = query.text("status");
    TaskStatus status = text == null ? null : CensusView.status(text);
    if (text != null && status == null) {
      query.problem("status", "must be available, in_progress, done, error or 0 to 3");
    }
    int after = (int) query.integer("after", -1, -1, Integer.MAX_VALUE);
    int limit = query.limit();
    query.end();
    return backend
        .call(exchange, PingContract.LIST_TASKS, new ListTasksRequest(status, after, limit))
        .map(reply -> {
          List<TaskRow> rows = reply.tasks();
          return Answers.page(
              rows.stream().map(CensusView.Task::of).toList(),
              reply.more() && !rows.isEmpty() ? Integer.toString(rows.getLast().index()) : null);
        });
  }

  private Future<Answer> task(Exchange exchange) {
    Query.of(exchange).end();
    return backend
        .call(exchange, PingContract.GET_TASK, new GetTaskRequest(TaskIndex.of(exchange)))
        .map(row -> Answers.json(200, CensusView.Task.of(row)));
  }

  private Future<Answer> revise(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Query.of(exchange).end();
    int index = TaskIndex.of(exchange);
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    String text = fields.line("status", 20);
    TaskStatus status = CensusView.status(text);
    if (!text.isEmpty() && status == null) {
      fields.problem("status", "must be available, in_progress, done or error");
    }
    boolean force = fields.bool("force", false);
    fields.end();
    if (status == null) {
      throw ServiceException.invalid("/status", "is required");
    }
    return backend
        .call(exchange, PingContract.REVISE_TASK, new ReviseTaskRequest(index, status, force))
        .map(reply ->
            switch (reply) {
              case ReviseTaskReply.Revised revised ->
                  Answers.json(200, CensusView.Task.of(revised.task()));
              case ReviseTaskReply.Working _ ->
                  throw new ServiceException(
                      ErrorCode.CONFLICT, "The task is in progress; force is not set");
              case ReviseTaskReply.UnknownTask _ -> throw TaskIndex.unknown(index);
            });
  }

  private Future<Answer> result(Exchange exchange) {
    int index = TaskIndex.of(exchange);
    ResultAnswer wanted = ResultAnswer.wanted(exchange);
    return backend
        .call(exchange, PingContract.READ_RESULT, new ReadResultRequest(index))
        .map(reply ->
            switch (reply) {
              case ReadResultReply.Stored stored -> wanted.of(index, stored).with("Vary", "Accept");
              case ReadResultReply.Missing _ ->
                  throw new ServiceException(
                      ErrorCode.NOT_FOUND, "The task is unknown or not done");
            });
  }

  private Future<Answer> errors(Exchange exchange) {
    Query query = Query.of(exchange);
    var request =
        new ListErrorsRequest(query.integer("after", 0, 0, Long.MAX_VALUE), query.limit());
    query.end();
    return backend
        .call(exchange, PingContract.LIST_ERRORS, request)
        .map(reply -> {
          List<TaskFault> faults = reply.errors();
          return Answers.page(
              faults.stream().map(CensusView.Fault::of).toList(),
              reply.more() && !faults.isEmpty() ? Long.toString(faults.getLast().id()) : null);
        });
  }

  private record ClearedView(int cleared) {}

  private Future<Answer> clear(Exchange exchange, @Nullable Integer index) {
    Query.of(exchange).end();
    return backend
        .call(exchange, PingContract.CLEAR_ERRORS, new ClearErrorsRequest(index))
        .map(reply -> Answers.json(200, new ClearedView(reply.cleared())));
  }

  private record ProgressView(
      double progress,
      int totalTasks,
      int availableTasks,
      int inProgressTasks,
      int doneTasks,
      int errorTasks,
      long answeredAddresses,
      int doneLastMinute,
      int doneLastHour,
      @Nullable Long etaS) {}

  private Future<Answer> progress(Exchange exchange) {
    Query.of(exchange).end();
    return backend
        .call(exchange, PingContract.GET_PROGRESS, new GetProgressRequest())
        .map(counts ->
            Answers.json(
                200,
                new ProgressView(
                    ClassicCensusRoutes.percent(counts),
                    counts.total(),
                    counts.available(),
                    counts.inProgress(),
                    counts.done(),
                    counts.error(),
                    counts.answered(),
                    counts.donePerMinute(),
                    counts.donePerHour(),
                    eta(counts))));
  }

  /** Seconds left at the pace of the last hour; null while nothing tells the pace. */
  static @Nullable Long eta(GetProgressReply counts) {
    long left = (long) counts.total() - counts.done();
    if (left == 0) {
      return 0L;
    }
    return counts.donePerHour() == 0 ? null : left * 3_600 / counts.donePerHour();
  }
}
