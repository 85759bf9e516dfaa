package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.task.TaskIds;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Section 1, {@code /api/v1}: task types, one task, a batch of tasks. */
public final class TaskRoutes implements Routes {

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
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get("/api/v1/task-types", Role.READER, ProblemFaults.PROBLEM, this::types))
        .add(Route.post("/api/v1/tasks", Role.OPERATOR, ProblemFaults.PROBLEM, this::run))
        .add(
            Route.post("/api/v1/tasks/batch", Role.OPERATOR, ProblemFaults.PROBLEM, this::batch)
                .body(new BodyRule.Whole(limits.batchBytes())))
        .add(
            Route.post("/api/v1/tasks/stream", Role.OPERATOR, ProblemFaults.PROBLEM, this::stream)
                .body(new BodyRule.Endless()));
  }

  private record TypeView(
      String name,
      List<String> aliases,
      String description,
      String service,
      long timeoutMs,
      boolean repeatable,
      Map<String, Object> paramsSchema) {}

  private Future<Answer> types(Exchange exchange) {
    Query.of(exchange).end();
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
    return Future.succeededFuture(Answers.page(views, null));
  }

  private Future<Answer> run(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    RequestObject fields = RequestObject.parse(exchange.body().getBytes());
    TaskOrder order = order(fields, limits);
    fields.end();
    long started = System.nanoTime();
    return runner
        .run(exchange, order)
        .map(outcome -> {
          refuse(outcome);
          String id = order.id() == null ? exchange.requestId() : order.id();
          long tookMs = (System.nanoTime() - started) / 1_000_000;
          return Answers.json(200, TaskView.of(id, order.name(), outcome, tookMs));
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

  private Future<Answer> stream(Exchange exchange) {
    String type = MediaTypes.essence(exchange);
    if (type == null || !type.equals("application/x-ndjson")) {
      throw HttpFault.unsupported("The Content-Type must be application/x-ndjson");
    }
    Query query = Query.of(exchange);
    int concurrency =
        (int) query.integer("concurrency", limits.concurrency(), 1, limits.maxConcurrency());
    query.end();
    return new TaskStream(vertx, runner, limits, concurrency, exchange, MAX_LINE).run();
  }

  private Future<Answer> batch(Exchange exchange) {
    MediaTypes.requireJson(exchange);
    RequestObject fields = RequestObject.parse(exchange.body().getBytes(), limits.batchJson());
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
    return run(exchange, orders, limits.batch(concurrency, Duration.ofMillis(timeoutMs)));
  }

  private Future<Answer> run(Exchange exchange, List<TaskOrder> orders, TaskBatch.Bounds bounds) {
    long started = System.nanoTime();
    // By index, since a result that turns out to be too large is told once more, as failed.
    boolean[] finished = new boolean[orders.size()];
    TaskIds ids = TaskIds.of(exchange.requestId());
    TaskBatch.Face face =
        (index, outcome, durationMs) -> {
          TaskOrder order = orders.get(index);
          String id = order.id() == null ? ids.at(index) : order.id();
          TaskView view = TaskView.of(id, order.name(), outcome, durationMs);
          finished[index] = view.finished();
          return view;
        };
    List<TaskBatch.Item> items = orders.stream().map(TaskBatch.Item::of).toList();
    var batch = new TaskBatch(vertx, runner, exchange, items, bounds, face);
    return batch.run().map(_ -> Answer.json(200, batch.between(head(finished, started), "]}")));
  }

  private static String head(boolean[] finished, long started) {
    long count = IntStream.range(0, finished.length).filter(i -> finished[i]).count();
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    return "{\"took_ms\":%d,\"counts\":{\"finished\":%d,\"failed\":%d},\"results\":["
        .formatted(tookMs, count, finished.length - count);
  }
}
