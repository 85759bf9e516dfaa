package dev.signalbox.gateway.task;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.StrictJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 1, document 1: {@code /run_task} and {@code /run_tasks}. */
public final class ClassicTaskRoutes implements Routes {

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
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.post("/run_task", Role.OPERATOR, ClassicFaults.STATUS_MESSAGE, this::runTask))
        .add(
            Route.post("/run_tasks", Role.OPERATOR, ClassicFaults.STATUS_MESSAGE, this::runTasks)
                .body(new BodyRule.Whole(limits.batchBytes())));
  }

  private Future<Answer> runTask(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    TaskOrder order = order(StrictJson.object(exchange.body().getBytes()));
    return runner.run(exchange, order).map(ClassicTaskRoutes::single);
  }

  private static Answer single(TaskOutcome outcome) {
    return switch (outcome) {
      case TaskOutcome.Answered answered -> Answers.json(200, ClassicTaskView.of(answered.reply()));
      case TaskOutcome.Unknown unknown -> Answers.json(400, ClassicTaskView.of(unknown));
      case TaskOutcome.Faulted faulted -> throw faulted.fault();
    };
  }

  private Future<Answer> runTasks(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    Object tasks = StrictJson.object(exchange.body().getBytes(), limits.batchJson()).get("tasks");
    if (tasks == null || tasks.equals(List.of())) {
      throw HttpFault.of(400, "NO_TASKS", "No tasks provided");
    }
    if (!(tasks instanceof List<?> list)) {
      throw HttpFault.of(400, "BAD_TASKS", "tasks must be an array");
    }
    var items = new ArrayList<TaskBatch.Item>(list.size());
    for (Object item : list) {
      try {
        items.add(TaskBatch.Item.of(order(item(item))));
      } catch (HttpFault e) {
        items.add(TaskBatch.Item.bad(e.message()));
      }
    }
    var batch =
        new TaskBatch(
            vertx,
            runner,
            exchange,
            items,
            limits.batch(limits.concurrency(), limits.maxTimeout()),
            (_, outcome, _) -> ClassicTaskView.item(outcome));
    return batch
        .run()
        .map(_ -> Answer.json(200, batch.between("{\"status\":\"success\",\"results\":[", "]}")));
  }

  private static Map<String, @Nullable Object> item(@Nullable Object item) {
    if (item instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // StrictJson makes maps with names as keys only.
      Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) map;
      return object;
    }
    throw HttpFault.of(400, "BAD_TASK", "A task must be an object");
  }

  private static TaskOrder order(Map<String, @Nullable Object> fields) {
    Object name = fields.get("task_name");
    if (name == null || name.equals("")) {
      throw HttpFault.of(400, "NO_TASK_NAME", "Task name is required");
    }
    if (!(name instanceof String text)) {
      throw HttpFault.of(400, "BAD_TASK", "task_name must be a string");
    }
    Object params = fields.get("params");
    if (params != null && !(params instanceof Map<?, ?>)) {
      throw HttpFault.of(400, "BAD_TASK", "params must be an object");
    }
    return new TaskOrder(text, params == null ? Map.of() : item(params), null, 0);
  }
}
