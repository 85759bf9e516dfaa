package dev.signalbox.gateway.task;

import static dev.signalbox.gateway.routing.Response.respond;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.TaskRunner.TaskOrder;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 1, document 1: {@code /run_task} and {@code /run_tasks}. */
public final class ClassicTaskRoutes implements Section {

  private final Vertx vertx;
  private final TaskRunner runner;
  private final TaskRoutes.Limits limits;

  private record Message(String status, String message) {}

  private record Failure(String status, String error) {}

  private record UnknownTask(String status, String message, List<String> availableTasks) {}

  public ClassicTaskRoutes(Vertx vertx, TaskRunner runner, TaskRoutes.Limits limits) {
    this.vertx = vertx;
    this.runner = runner;
    this.limits = limits;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.STATUS_MESSAGE);
    router.post("/run_task", changes).handler(respond(this::runTask));
    router
        .post("/run_tasks", changes.body(new BodyRule.Whole(limits.batchBytes())))
        .handler(respond(this::runTasks));
  }

  private Future<Response> runTask(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Requests.parse(
            ctx, body -> order(StrictJson.object(body)), order -> runner.run(ctx, order))
        .map(ClassicTaskRoutes::single);
  }

  private static Response single(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Answered answered -> Response.json(200, view(answered.reply()));
      case TaskOutcome.Unknown unknown -> Response.json(400, view(unknown));
      case TaskOutcome.Limited(HttpException refusal) -> throw refusal;
      case TaskOutcome.Faulted faulted -> throw faulted.fault();
    };
  }

  private Future<Response> runTasks(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Requests.parse(ctx, this::items, items -> runAll(ctx, items));
  }

  private List<TaskBatch.Item> items(byte[] body) {
    Object tasks = StrictJson.object(body, limits.batchJson()).get("tasks");
    if (tasks == null || tasks.equals(List.of())) {
      throw HttpException.of(400, "NO_TASKS", "No tasks provided");
    }
    if (!(tasks instanceof List<?> list)) {
      throw HttpException.of(400, "BAD_TASKS", "tasks must be an array");
    }
    var items = new ArrayList<TaskBatch.Item>(list.size());
    for (Object item : list) {
      try {
        items.add(TaskBatch.Item.of(order(item(item))));
      } catch (HttpException e) {
        items.add(TaskBatch.Item.invalid(e.message()));
      }
    }
    return items;
  }

  private Future<Response> runAll(RoutingContext ctx, List<TaskBatch.Item> items) {
    var batch =
        new TaskBatch(
            vertx,
            runner,
            ctx,
            items,
            limits.batch(limits.concurrency(), limits.maxTimeout()),
            (_, outcome, _) -> view(outcome));
    return batch
        .run()
        .map(_ -> Response.json(200, batch.results("{\"status\":\"success\",\"results\":[", "]}")));
  }

  /** A result in a list, where a failure must not fail the call. */
  private static Object view(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Answered answered -> view(answered.reply());
      case TaskOutcome.Unknown unknown -> view(unknown);
      case TaskOutcome.Limited(HttpException refusal) -> new Message("error", refusal.message());
      case TaskOutcome.Faulted faulted ->
          new Message("error", String.valueOf(faulted.fault().getMessage()));
    };
  }

  private static UnknownTask view(TaskOutcome.Unknown unknown) {
    return new UnknownTask("error", unknown.message(), unknown.available());
  }

  /** A bare result or an error; document 1 sends both with HTTP 200. */
  private static Object view(TaskReply reply) {
    return switch (reply) {
      case TaskReply.Finished finished ->
          finished.failure() == null ? finished.result() : withFailure(finished);
      case TaskReply.Failed(TaskError error) ->
          error.source() == null
              ? new Message("error", error.message())
              : new Failure("error", error.message());
    };
  }

  private static Object withFailure(TaskReply.Finished finished) {
    JsonNode tree = Json.tree(finished.result());
    ObjectNode result =
        tree instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    result.put("status", "error");
    result.put("error", finished.failure());
    return result;
  }

  private static Map<String, @Nullable Object> item(@Nullable Object item) {
    if (item instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // StrictJson's maps have String keys.
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      return object;
    }
    throw HttpException.of(400, "BAD_TASK", "A task must be an object");
  }

  private static TaskOrder order(Map<String, @Nullable Object> fields) {
    Object name = fields.get("task_name");
    if (name == null || name.equals("")) {
      throw HttpException.of(400, "NO_TASK_NAME", "Task name is required");
    }
    if (!(name instanceof String text)) {
      throw HttpException.of(400, "BAD_TASK", "task_name must be a string");
    }
    Object params = fields.get("params");
    if (params != null && !(params instanceof Map<?, ?>)) {
      throw HttpException.of(400, "BAD_TASK", "params must be an object");
    }
    return new TaskOrder(text, params == null ? Map.of() : item(params), null, 0);
  }
}
