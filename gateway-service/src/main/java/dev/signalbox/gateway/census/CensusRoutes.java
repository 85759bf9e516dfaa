package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
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
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 7, {@code /api/v1/census}: the ledger, its errors, its progress. */
public final class CensusRoutes implements Section {

  private static final String CENSUS = "/api/v1/census";

  private final Backend backend;

  public CensusRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.ADMIN, ErrorShapes.PROBLEM);
    router.get(CENSUS + "/tasks", reads).handler(respond(this::tasks));
    router.get(CENSUS + "/tasks/:index", reads).handler(respond(this::task));
    router.patch(CENSUS + "/tasks/:index", changes).handler(respond(this::revise));
    router.get(CENSUS + "/tasks/:index/result", reads).handler(respond(this::result));
    router.get(CENSUS + "/errors", reads).handler(respond(this::errors));
    router.delete(CENSUS + "/errors", changes.bodyless()).handler(respond(ctx -> clear(ctx, null)));
    router
        .delete(CENSUS + "/errors/:index", changes.bodyless())
        .handler(respond(ctx -> clear(ctx, TaskIndex.of(ctx))));
    router.get(CENSUS + "/progress", reads).handler(respond(this::progress));
  }

  private Future<Response> tasks(RoutingContext ctx) {
    Query query = Query.of(ctx);
    String text = query.text("status");
    TaskStatus status = text == null ? null : CensusView.status(text);
    if (text != null && status == null) {
      query.problem("status", "must be available, in_progress, done, error or 0 to 3");
    }
    int after = (int) query.integer("after", -1, -1, Integer.MAX_VALUE);
    int limit = query.limit();
    query.end();
    return backend
        .call(ctx, PingContract.LIST_TASKS, new ListTasksRequest(status, after, limit))
        .map(reply -> {
          List<TaskRow> rows = reply.tasks();
          return Response.page(
              rows.stream().map(CensusView.Task::of).toList(),
              reply.more() && !rows.isEmpty() ? Integer.toString(rows.getLast().index()) : null);
        });
  }

  private Future<Response> task(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.GET_TASK, new GetTaskRequest(TaskIndex.of(ctx)))
        .map(row -> Response.json(200, CensusView.Task.of(row)));
  }

  private Future<Response> revise(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    int index = TaskIndex.of(ctx);
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
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
        .call(ctx, PingContract.REVISE_TASK, new ReviseTaskRequest(index, status, force))
        .map(reply ->
            switch (reply) {
              case ReviseTaskReply.Revised revised ->
                  Response.json(200, CensusView.Task.of(revised.task()));
              case ReviseTaskReply.Working _ ->
                  throw new ServiceException(
                      ErrorCode.CONFLICT, "The task is in progress; force is not set");
              case ReviseTaskReply.UnknownTask _ -> throw TaskIndex.unknown(index);
            });
  }

  private Future<Response> result(RoutingContext ctx) {
    int index = TaskIndex.of(ctx);
    ResultFormat.Asked asked = ResultFormat.requested(ctx);
    ResultFormat format = asked.format();
    return backend
        .call(ctx, PingContract.READ_RESULT, new ReadResultRequest(index, asked.round()))
        .map(reply ->
            switch (reply) {
              case ReadResultReply.Stored stored ->
                  format.render(index, stored).with("Vary", "Accept");
              case ReadResultReply.Missing _ ->
                  throw new ServiceException(
                      ErrorCode.NOT_FOUND, "The task is unknown or not done");
            });
  }

  private Future<Response> errors(RoutingContext ctx) {
    Query query = Query.of(ctx);
    var request =
        new ListErrorsRequest(query.integer("after", 0, 0, Long.MAX_VALUE), query.limit());
    query.end();
    return backend
        .call(ctx, PingContract.LIST_ERRORS, request)
        .map(reply -> {
          List<TaskFault> faults = reply.errors();
          return Response.page(
              faults.stream().map(CensusView.Fault::of).toList(),
              reply.more() && !faults.isEmpty() ? Long.toString(faults.getLast().id()) : null);
        });
  }

  private record ClearedView(int cleared) {}

  private Future<Response> clear(RoutingContext ctx, @Nullable Integer index) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.CLEAR_ERRORS, new ClearErrorsRequest(index))
        .map(reply -> Response.json(200, new ClearedView(reply.cleared())));
  }

  private Future<Response> progress(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.GET_PROGRESS, new GetProgressRequest())
        .map(counts -> Response.json(200, ProgressView.of(counts)));
  }
}
