package dev.signalbox.gateway.task;

import static dev.signalbox.gateway.routing.Responses.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.error.ProblemErrors;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.Bodies;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.task.TaskIds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Section 1, {@code /api/v1}: task types, one task, a batch of tasks. */
public final class TaskRoutes implements Section {

  private static final int MAX_NAME = 200;
  private static final int MAX_ID = 200;
  private static final int MAX_LINE = 1 << 20;

  private final Vertx vertx;
  private final TaskRunner runner;
  private final TaskLimits limits;

  /** Routes that run tasks. */
  public TaskRoutes(Vertx vertx, TaskRunner runner, TaskLimits limits) {
    this.vertx = vertx;
    this.runner = runner;
    this.limits = limits;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ProblemErrors.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ProblemErrors.PROBLEM);
    router.get("/api/v1/task-types", reads).handler(respond(this::types));
    router.post("/api/v1/tasks", changes).handler(respond(this::run));
    router
        .post("/api/v1/tasks/batch", changes.body(new BodyRule.Whole(limits.batchBytes())))
        .handler(respond(this::batch));
    router
        .post("/api/v1/tasks/stream", changes.body(new BodyRule.Endless()))
        .handler(respond(this::stream));
  }

  private record TypeView(
      String name,
      List<String> aliases,
      String description,
      String service,
      long timeoutMs,
      boolean repeatable,
      Map<String, Object> paramsSchema) {}

  private Future<Response> types(RoutingContext ctx) {
    Query.of(ctx).end();
    List<TypeView> views =
        runner.catalogue().offers().stream()
            .map(offer -> {
              TaskType type = offer.type();
              return new TypeView(
                  type.name(),
                  type.aliases(),
                  type.description(),
                  offer.service(),
                  type.timeoutMs(),
                  type.repeatable(),
                  type.paramsSchema());
            })
            .toList();
    return Future.succeededFuture(Responses.page(views, null));
  }

  private Future<Response> run(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Bodies.parse(ctx, this::taskRequest).compose(order -> run(ctx, order));
  }

  private TaskOrder taskRequest(byte[] body) {
    RequestObject fields = RequestObject.parse(body);
    TaskOrder order = order(fields, limits);
    fields.end();
    return order;
  }

  private Future<Response> run(RoutingContext ctx, TaskOrder order) {
    long started = System.nanoTime();
    return runner
        .run(ctx, order)
        .map(outcome -> {
          refuse(outcome);
          String id = order.id() == null ? RequestScope.of(ctx).requestId() : order.id();
          long tookMs = (System.nanoTime() - started) / 1_000_000;
          return Responses.json(200, TaskView.of(id, order.name(), outcome, tookMs));
        });
  }

  /** What is the request's fault or the system's rather than the task's: not 200. */
  private static void refuse(TaskOutcome outcome) {
    if (outcome instanceof TaskOutcome.Unknown unknown) {
      String message =
          "Unknown task: "
              + ClassicTaskView.shortened(unknown.name())
              + "; available: "
              + String.join(", ", unknown.available());
      throw new ServiceException(
          ErrorCode.INVALID_REQUEST, message, List.of(new FieldProblem("/task_name", message)));
    }
    if (outcome instanceof TaskOutcome.Faulted(ServiceException fault)
        && fault.code() != ErrorCode.TIMEOUT) {
      throw fault;
    }
  }

  /**
   * The task in a line.
   *
   * @throws JsonInputException when it is not a JSON object
   * @throws ServiceException INVALID_REQUEST when it is too long, or its fields are wrong
   */
  static TaskOrder order(LineSplitter.Line line, TaskLimits limits) {
    Buffer bytes = line.bytes();
    if (bytes == null) {
      throw new ServiceException(
          ErrorCode.INVALID_REQUEST, "The line is too long: more than " + MAX_LINE + " bytes");
    }
    RequestObject fields = RequestObject.parse(bytes.getBytes());
    TaskOrder order = order(fields, limits);
    fields.end();
    return order;
  }

  private static TaskOrder order(RequestObject fields, TaskLimits limits) {
    return new TaskOrder(
        fields.line("task_name", MAX_NAME),
        fields.map("params"),
        fields.optionalLine("id", MAX_ID),
        fields.integer("timeout_ms", 0, 1, limits.maxTimeout().toMillis()));
  }

  private Future<Response> stream(RoutingContext ctx) {
    String type = MediaTypes.essence(ctx);
    if (type == null || !type.equals("application/x-ndjson")) {
      throw HttpException.unsupported("The Content-Type must be application/x-ndjson");
    }
    Query query = Query.of(ctx);
    int concurrency =
        (int) query.integer("concurrency", limits.concurrency(), 1, limits.maxConcurrency());
    query.end();
    return new TaskStream(vertx, runner, limits, concurrency, ctx, MAX_LINE).run();
  }

  private record BatchRequest(List<TaskOrder> orders, int concurrency, Duration timeout) {}

  private Future<Response> batch(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Bodies.parse(ctx, this::batchRequest)
        .compose(
            batch -> run(ctx, batch.orders(), limits.batch(batch.concurrency(), batch.timeout())));
  }

  private BatchRequest batchRequest(byte[] body) {
    RequestObject fields = RequestObject.parse(body, limits.batchJson());
    List<RequestObject> tasks = fields.requiredObjects("tasks", limits.batchTasks());
    int concurrency =
        (int) fields.integer("concurrency", limits.concurrency(), 1, limits.maxConcurrency());
    long maxMs = limits.maxTimeout().toMillis();
    long timeoutMs = fields.integer("timeout_ms", maxMs, 1, maxMs);
    var orders = new ArrayList<TaskOrder>(tasks.size());
    var ids = new HashSet<String>();
    for (RequestObject item : tasks) {
      TaskOrder order = order(item, limits);
      if (order.id() != null && !ids.add(order.id())) {
        item.problem("id", "is the id of an earlier task too");
      }
      orders.add(order);
    }
    fields.end();
    return new BatchRequest(orders, concurrency, Duration.ofMillis(timeoutMs));
  }

  private Future<Response> run(
      RoutingContext ctx, List<TaskOrder> orders, TaskBatch.Bounds bounds) {
    long started = System.nanoTime();
    // By index, since a result that turns out to be too large is told once more, as failed.
    boolean[] finished = new boolean[orders.size()];
    TaskIds ids = TaskIds.of(RequestScope.of(ctx).requestId());
    TaskBatch.Face face =
        (index, outcome, durationMs) -> {
          TaskOrder order = orders.get(index);
          String id = order.id() == null ? ids.at(index) : order.id();
          TaskView view = TaskView.of(id, order.name(), outcome, durationMs);
          finished[index] = view.finished();
          return view;
        };
    List<TaskBatch.Item> items = orders.stream().map(TaskBatch.Item::of).toList();
    var batch = new TaskBatch(vertx, runner, ctx, items, bounds, face);
    return batch.run().map(_ -> Responses.json(200, batch.between(head(finished, started), "]}")));
  }

  private static String head(boolean[] finished, long started) {
    long count = IntStream.range(0, finished.length).filter(i -> finished[i]).count();
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    return "{\"took_ms\":%d,\"counts\":{\"finished\":%d,\"failed\":%d},\"results\":["
        .formatted(tookMs, count, finished.length - count);
  }
}
