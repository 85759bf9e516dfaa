package dev.signalbox.gateway.task;

import static dev.signalbox.gateway.routing.Responses.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ClassicErrors;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.Bodies;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
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
  private final TaskLimits limits;

  /** Routes that run tasks. */
  public ClassicTaskRoutes(Vertx vertx, TaskRunner runner, TaskLimits limits) {
    this.vertx = vertx;
    this.runner = runner;
    this.limits = limits;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ClassicErrors.STATUS_MESSAGE);
    router.post("/run_task", changes).handler(respond(this::runTask));
    router
        .post("/run_tasks", changes.body(new BodyRule.Whole(limits.batchBytes())))
        .handler(respond(this::runTasks));
  }

  private Future<Response> runTask(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Bodies.parse(ctx, body -> order(StrictJson.object(body)))
        .compose(order -> runner.run(ctx, order))
        .map(ClassicTaskRoutes::single);
  }

  private static Response single(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Answered answered ->
          Responses.json(200, ClassicTaskView.of(answered.reply()));
      case TaskOutcome.Unknown unknown -> Responses.json(400, ClassicTaskView.of(unknown));
      case TaskOutcome.Faulted faulted -> throw faulted.fault();
    };
  }

  private Future<Response> runTasks(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Bodies.parse(ctx, this::items).compose(items -> runAll(ctx, items));
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
        items.add(TaskBatch.Item.bad(e.message()));
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
            (_, outcome, _) -> ClassicTaskView.item(outcome));
    return batch
        .run()
        .map(
            _ -> Responses.json(200, batch.between("{\"status\":\"success\",\"results\":[", "]}")));
  }

  private static Map<String, @Nullable Object> item(@Nullable Object item) {
    if (item instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // StrictJson makes maps with names as keys only.
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
