package dev.signalbox.gateway.task;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.TaskRunner.TaskOrder;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.limit.MemoryBudget;
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

/** Section 1, {@code /api/v1}: task types, one task, a batch and a stream of tasks. */
public final class TaskRoutes implements Section {

  private static final int MAX_NAME = 200;
  private static final int MAX_ID = 200;
  private static final int MAX_LINE = 1 << 20;

  /**
   * Limits of one request for tasks.
   *
   * @param batchTasks tasks in a batch
   * @param batchBytes bytes of a batch's body, and of its results
   * @param concurrency default of tasks in flight
   * @param maxConcurrency largest concurrency that a request may set
   * @param memory memory for the results of all batches
   * @param maxTimeout longest timeout that a request may set
   */
  public record Limits(
      int batchTasks,
      int batchBytes,
      int concurrency,
      int maxConcurrency,
      MemoryBudget memory,
      Duration maxTimeout) {

    private static final int VALUES_PER_TASK = 64;

    /**
     * Limits the values of a batch's body: a limit of its bytes alone would not protect the heap.
     */
    JsonLimits batchJson() {
      int values =
          Math.clamp(
              (long) batchTasks * VALUES_PER_TASK,
              JsonLimits.DEFAULT.maxValues(),
              Integer.MAX_VALUE);
      return JsonLimits.values(values).withArray("tasks", batchTasks);
    }

    /** The bounds of a batch that starts now. */
    TaskBatch.Bounds batch(int inFlight, Duration timeout) {
      return new TaskBatch.Bounds(
          inFlight, System.nanoTime() + timeout.toNanos(), batchBytes, memory);
    }
  }

  private final Vertx vertx;
  private final TaskRunner runner;
  private final Limits limits;

  public TaskRoutes(Vertx vertx, TaskRunner runner, Limits limits) {
    this.vertx = vertx;
    this.runner = runner;
    this.limits = limits;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
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
    return Future.succeededFuture(Response.page(views, null));
  }

  private Future<Response> run(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    return Requests.parse(ctx, this::taskRequest, order -> run(ctx, order));
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
          throwIfRefused(outcome);
          String id = order.id() == null ? RequestScope.of(ctx).requestId() : order.id();
          long tookMs = (System.nanoTime() - started) / 1_000_000;
          return Response.json(200, TaskView.of(id, order.name(), outcome, tookMs));
        });
  }

  /** Throws errors of the request and of the system; errors of the task are results. */
  private static void throwIfRefused(TaskOutcome outcome) {
    if (outcome instanceof TaskOutcome.Unknown unknown) {
      String message = unknown.message() + "; available: " + String.join(", ", unknown.available());
      throw new ServiceException(
          ErrorCode.INVALID_REQUEST, message, List.of(new FieldProblem("/task_name", message)));
    }
    if (outcome instanceof TaskOutcome.Limited(HttpException refusal)) {
      throw refusal;
    }
    if (outcome instanceof TaskOutcome.Faulted(ServiceException fault)
        && fault.code() != ErrorCode.TIMEOUT) {
      throw fault;
    }
  }

  /**
   * The task of a line.
   *
   * @throws JsonInputException when it is not a JSON object
   * @throws ServiceException INVALID_REQUEST when it is too long or has invalid fields
   */
  static TaskOrder order(LineSplitter.Line line, Limits limits) {
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

  private static TaskOrder order(RequestObject fields, Limits limits) {
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
    return Requests.parse(
        ctx,
        this::batchRequest,
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
        item.problem("id", "is also the id of an earlier task");
      }
      orders.add(order);
    }
    fields.end();
    return new BatchRequest(orders, concurrency, Duration.ofMillis(timeoutMs));
  }

  private Future<Response> run(
      RoutingContext ctx, List<TaskOrder> orders, TaskBatch.Bounds bounds) {
    long started = System.nanoTime();
    // By index, since a result that is too large is rendered again, as failed.
    boolean[] finished = new boolean[orders.size()];
    TaskIds ids = TaskIds.of(RequestScope.of(ctx).requestId());
    TaskBatch.ResultView view =
        (index, outcome, durationMs) -> {
          TaskOrder order = orders.get(index);
          String id = order.id() == null ? ids.at(index) : order.id();
          TaskView result = TaskView.of(id, order.name(), outcome, durationMs);
          finished[index] = result.finished();
          return result;
        };
    List<TaskBatch.Item> items = orders.stream().map(TaskBatch.Item::of).toList();
    var batch = new TaskBatch(vertx, runner, ctx, items, bounds, view);
    return batch.run().map(_ -> Response.json(200, batch.results(head(finished, started), "]}")));
  }

  private static String head(boolean[] finished, long started) {
    long count = IntStream.range(0, finished.length).filter(i -> finished[i]).count();
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    return "{\"took_ms\":%d,\"counts\":{\"finished\":%d,\"failed\":%d},\"results\":["
        .formatted(tookMs, count, finished.length - count);
  }
}
