package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.task.TaskIds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks line by line. Lines are read only while there is room for tasks and for their answers,
 * so memory stays flat however many lines there are. Belongs to one event loop.
 */
final class TaskStream {

  private static final Logger LOG = LoggerFactory.getLogger(TaskStream.class);

  private static final int READ_BYTES = 65_536;

  private record Line(
      long index,
      String id,
      String taskName,
      String status,
      long durationMs,
      @Nullable Object result,
      @Nullable TaskError error) {

    static Line of(long index, TaskView view) {
      return new Line(
          index,
          view.id(),
          view.taskName(),
          view.status(),
          view.durationMs(),
          view.result(),
          view.error());
    }
  }

  private record Summary(long finished, long failed, long tookMs) {}

  private record Last(Summary summary) {}

  private final TaskRunner runner;
  private final TaskLimits limits;
  private final int concurrency;
  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final LineSplitter lines;
  private final AnswerPace pace;
  private final Promise<Response> done = Promise.promise();
  private final long started = System.nanoTime();
  private final TaskIds ids;
  private final AnswerLines out;
  private boolean reading;
  private boolean inputEnded;
  private boolean linesEnded;
  private boolean pumping;
  private boolean over;
  private int inFlight;
  private long index;
  private long finished;
  private long failed;

  TaskStream(
      Vertx vertx,
      TaskRunner runner,
      TaskLimits limits,
      int concurrency,
      RoutingContext ctx,
      int maxLine) {
    this.runner = runner;
    this.limits = limits;
    this.concurrency = concurrency;
    this.ctx = ctx;
    this.response = ctx.response();
    this.ids = TaskIds.of(RequestScope.of(ctx).requestId());
    this.out = new AnswerLines(vertx.getOrCreateContext(), response);
    this.lines = new LineSplitter(maxLine);
    this.pace = new AnswerPace(vertx, this::pump);
  }

  Future<Response> run() {
    response.setStatusCode(200);
    response.putHeader("Content-Type", "application/x-ndjson");
    // HTTP/1.0 has no chunks: there the end of the connection ends the answer.
    response.setChunked(ctx.request().version() == HttpVersion.HTTP_1_1);
    response.drainHandler(_ -> {
      out.flush();
      pump();
    });
    RequestScope.of(ctx).cancellation().onRequest(this::abandon);
    pump();
    return done.future();
  }

  /** The client has left: nothing more is read, and what runs for it is being ended. */
  private void abandon() {
    over = true;
    done.tryComplete(Response.SENT);
  }

  private void pump() {
    if (pumping || over) {
      return;
    }
    pumping = true;
    while (hasRoom()) {
      LineSplitter.Line line = lines.next();
      if (line == null) {
        linesEnded = inputEnded;
        read();
        break;
      }
      begin(line);
    }
    pumping = false;
    // Without room there may be a line left, even when the input has ended.
    if ((linesEnded || (inputEnded && response.closed())) && inFlight == 0 && !over) {
      end();
    }
  }

  private boolean hasRoom() {
    return inFlight < concurrency
        && pace.mayBegin(inFlight)
        && out.waiting() < READ_BYTES
        && !response.ended()
        && !response.closed()
        && !response.writeQueueFull();
  }

  private void read() {
    if (reading || inputEnded) {
      return;
    }
    reading = true;
    RequestScope.of(ctx).stream()
        .read(READ_BYTES)
        .onComplete(piece -> {
          reading = false;
          if (piece.failed()) {
            over = true;
            done.tryFail(piece.cause());
            return;
          }
          if (piece.result().length() == 0) {
            inputEnded = true;
            lines.end();
          } else {
            lines.add(piece.result());
          }
          pump();
        });
  }

  private void begin(LineSplitter.Line line) {
    long number = index++;
    TaskOrder order;
    try {
      order = TaskRoutes.order(line, limits);
    } catch (JsonInputException | ServiceException e) {
      String problem = "Line " + line.number() + ": " + e.getMessage();
      tell(number, TaskView.bad(ids.at(number), problem));
      return;
    }
    inFlight++;
    long begun = System.nanoTime();
    runner
        .run(ctx, order)
        .onSuccess(outcome -> {
          inFlight--;
          String id = order.id() == null ? ids.at(number) : order.id();
          long tookMs = (System.nanoTime() - begun) / 1_000_000;
          try {
            tell(number, TaskView.of(id, order.name(), outcome, tookMs));
          } catch (RuntimeException e) {
            LOG.error("line {} of a stream cannot be written", number, e);
            TaskOutcome failed = TaskOutcome.Faulted.unwritable();
            tell(number, TaskView.of(id, order.name(), failed, tookMs));
          }
          pump();
        });
  }

  private void tell(long number, TaskView view) {
    // First of all, for it may throw.
    byte[] json = Json.bytes(Line.of(number, view));
    if (view.finished()) {
      finished++;
    } else {
      failed++;
    }
    pace.answered(json.length);
    if (!over) {
      out.append(json, this::pump);
    }
  }

  private void end() {
    over = true;
    if (response.closed()) {
      done.tryComplete(Response.SENT);
      return;
    }
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    out.end(Json.bytes(new Last(new Summary(finished, failed, tookMs))));
    done.tryComplete(Response.SENT);
  }
}
