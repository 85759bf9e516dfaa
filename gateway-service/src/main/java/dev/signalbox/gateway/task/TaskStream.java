package dev.signalbox.gateway.task;

import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Slices;
import dev.signalbox.gateway.task.TaskRunner.TaskOrder;
import dev.signalbox.gateway.task.TaskRunner.TaskOutcome;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.platform.task.TaskIds;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a stream of tasks, one a line. It reads lines only while there is room for their tasks and
 * results, so memory use does not grow with the number of lines. It ends early when its caller may
 * run no tasks any more. Belongs to one event loop.
 */
final class TaskStream {

  private static final Logger LOG = LoggerFactory.getLogger(TaskStream.class);

  private static final int READ_BYTES = 65_536;

  private record ResultLine(
      long index,
      String id,
      String taskName,
      String status,
      long durationMs,
      @Nullable Object result,
      @Nullable TaskError error) {

    static ResultLine of(long index, TaskView view) {
      return new ResultLine(
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

  private record LastLine(Summary summary) {}

  private final TaskRunner runner;
  private final TaskRoutes.Limits limits;
  private final int concurrency;
  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final LineSplitter lines;
  private final AdaptiveConcurrency adaptive;
  private final Promise<Response> done = Promise.promise();
  private final long started = System.nanoTime();
  private final TaskIds ids;
  private final ResultLines out;
  private boolean reading;
  private boolean inputEnded;
  private boolean linesEnded;
  private boolean revoked;
  private boolean pumping;
  private boolean over;
  private int inFlight;
  private long index;
  private long finished;
  private long failed;

  TaskStream(
      Vertx vertx,
      TaskRunner runner,
      TaskRoutes.Limits limits,
      int concurrency,
      RoutingContext ctx,
      int maxLine) {
    this.runner = runner;
    this.limits = limits;
    this.concurrency = concurrency;
    this.ctx = ctx;
    this.response = ctx.response();
    this.ids = TaskIds.of(RequestScope.of(ctx).requestId());
    this.out = new ResultLines(vertx.getOrCreateContext());
    this.lines = new LineSplitter(maxLine);
    this.adaptive = new AdaptiveConcurrency(vertx, this::pump);
  }

  Future<Response> run() {
    response.setStatusCode(200);
    response.putHeader("Content-Type", "application/x-ndjson");
    // HTTP/1.0 has no chunks: there the end of the connection ends the response.
    response.setChunked(ctx.request().version() == HttpVersion.HTTP_1_1);
    response.drainHandler(_ -> {
      out.flush();
      pump();
    });
    RequestScope.of(ctx).cancellation().onRequest(this::cancel);
    pump();
    return done.future();
  }

  /** Stops reading when the client disconnects; the cancellation ends the tasks in flight. */
  private void cancel() {
    over = true;
    done.tryComplete(Response.SENT);
  }

  private void pump() {
    if (pumping || over) {
      return;
    }
    pumping = true;
    while (!over && !linesEnded && hasRoom()) {
      LineSplitter.Line line = lines.next();
      if (line != null) {
        start(line);
        linesEnded = revoked;
      } else if (inputEnded || revoked) {
        linesEnded = true;
      } else {
        read();
        break;
      }
    }
    pumping = false;
    // The end of the input does not suffice: lines may be left that had no room yet.
    if ((linesEnded || (inputEnded && response.closed())) && inFlight == 0 && !over) {
      end();
    }
  }

  private boolean hasRoom() {
    return inFlight < concurrency
        && adaptive.allowsOneMore(inFlight)
        && out.buffered() < READ_BYTES
        && !response.ended()
        && !response.closed()
        && !response.writeQueueFull();
  }

  private void read() {
    if (reading) {
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
          // For each piece too, since what has no task in it would keep the stream open.
          revoked = RequestScope.of(ctx).callerStillGranted() == null;
          if (piece.result().length() == 0) {
            inputEnded = true;
            lines.end();
          } else {
            lines.add(piece.result());
          }
          pump();
        });
  }

  private void start(LineSplitter.Line line) {
    long number = index++;
    TaskOrder order;
    try {
      order = TaskRoutes.order(line, limits);
    } catch (JsonInputException | ServiceException e) {
      String problem = "Line " + line.number() + ": " + e.getMessage();
      write(number, TaskView.invalid(ids.at(number), problem));
      return;
    }
    inFlight++;
    long begun = System.nanoTime();
    runner
        .run(ctx, order)
        .onSuccess(outcome -> {
          inFlight--;
          revoked |= outcome instanceof TaskOutcome.Limited limited && limited.ofCaller();
          String id = order.id() == null ? ids.at(number) : order.id();
          long tookMs = (System.nanoTime() - begun) / 1_000_000;
          try {
            write(number, TaskView.of(id, order.name(), outcome, tookMs));
          } catch (RuntimeException e) {
            LOG.error("cannot write result {} of a stream", number, e);
            TaskOutcome failed = TaskOutcome.Faulted.unwritable();
            write(number, TaskView.of(id, order.name(), failed, tookMs));
          }
          pump();
        });
  }

  private void write(long number, TaskView result) {
    // Before the counts, since it may throw.
    byte[] json = Json.bytes(ResultLine.of(number, result));
    if (result.finished()) {
      finished++;
    } else {
      failed++;
    }
    adaptive.onResult(json.length);
    if (!over && !out.append(json)) {
      // Its client is one of those that do not read.
      RequestScope.of(ctx).cut();
    }
  }

  private void end() {
    over = true;
    if (response.closed()) {
      done.tryComplete(Response.SENT);
      return;
    }
    long tookMs = (System.nanoTime() - started) / 1_000_000;
    if (!out.end(Json.bytes(new LastLine(new Summary(finished, failed, tookMs))))) {
      RequestScope.of(ctx).cut();
    }
    done.tryComplete(Response.SENT);
  }

  /**
   * Gathers the lines of one turn of the event loop into one write, and buffers what the client
   * does not read yet, which counts as unread.
   */
  private final class ResultLines {

    private final Context context;
    private final UnreadBodies.Share memory = RequestScope.of(ctx).memory().share();
    private Buffer lines = Buffer.buffer();
    private int written;
    private boolean flushing;
    private boolean ending;

    private ResultLines(Context context) {
      this.context = context;
    }

    private int buffered() {
      return lines.length() - written;
    }

    /** Appends a line; false when there is no memory for it. */
    private boolean append(byte[] json) {
      if (!gather(json)) {
        return false;
      }
      if (!flushing) {
        flushing = true;
        context.runOnContext(_ -> {
          flushing = false;
          flush();
          pump();
        });
      }
      return true;
    }

    private boolean gather(byte[] json) {
      if (!memory.take(json.length + 1L)) {
        return false;
      }
      lines.appendBytes(json).appendByte((byte) '\n');
      return true;
    }

    /**
     * Appends the last line; the response ends when all lines are written. False when there is no
     * memory for it.
     */
    private boolean end(byte[] json) {
      ending = gather(json);
      flush();
      return ending;
    }

    private void flush() {
      int before = written;
      written = Slices.write(response, lines, written);
      if (written > before) {
        memory.progress();
      }
      if (buffered() == 0) {
        memory.giveBack(lines.length());
        lines = Buffer.buffer();
        written = 0;
        if (ending && !response.ended() && !response.closed()) {
          response.end();
        }
      }
    }
  }
}
