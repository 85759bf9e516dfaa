package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ReadFileReply;
import dev.signalbox.contracts.file.ReadFileRequest;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.files.BodyPlan.FromFile;
import dev.signalbox.gateway.files.BodyPlan.Section;
import dev.signalbox.gateway.files.BodyPlan.Text;
import dev.signalbox.gateway.files.ByteRanges.Piece;
import dev.signalbox.gateway.files.Downloads.StaleFileException;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Slices;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Sends a file of another process. It reads a few pieces ahead, writes them in order, and reads no
 * faster than the client, so that memory use depends neither on the file's size nor on the client's
 * speed. Belongs to one event loop.
 */
final class PulledFile {

  private static final int PIECE_BYTES = 256 * 1024;
  private static final int PIECES_AHEAD = 8;

  private final Backend backend;
  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final FileInfo file;
  private final Iterator<Section> steps;
  private final Deque<Future<Buffer>> ahead = new ArrayDeque<>(PIECES_AHEAD);
  private final Promise<Response> begun = Promise.promise();
  private Future<Void> lastWrite = Future.succeededFuture();
  private Buffer rest = Buffer.buffer();
  private boolean pumping;
  private boolean over;

  private PulledFile(Backend backend, RoutingContext ctx, FileInfo file, BodyPlan plan) {
    this.backend = backend;
    this.ctx = ctx;
    this.response = ctx.response();
    this.file = file;
    this.steps = plan.steps(PIECE_BYTES);
  }

  /**
   * Sends a body after status and headers are set.
   *
   * @return completes when the head is written; fails before that, with {@link StaleFileException}
   *     when the file is not the version found
   */
  static Future<Response> send(Backend backend, RoutingContext ctx, FileInfo file, BodyPlan plan) {
    PulledFile sending = new PulledFile(backend, ctx, file, plan);
    sending.response.drainHandler(_ -> sending.pump());
    sending.response.exceptionHandler(_ -> sending.end());
    sending.pump();
    return sending.begun.future();
  }

  private void pump() {
    if (pumping) {
      return; // the running loop handles a piece that completes at once
    }
    pumping = true;
    while (!over && step()) {
      // until it has to wait for the client or for a piece
    }
    pumping = false;
  }

  /** Makes one step; false when it has to wait or is done. */
  private boolean step() {
    if (response.closed()) {
      end();
      begun.tryComplete(Response.SENT);
      return false;
    }
    while (ahead.size() < PIECES_AHEAD && steps.hasNext()) {
      Future<Buffer> piece = fetch(steps.next());
      ahead.add(piece);
      piece.onComplete(_ -> pump());
    }
    if (rest.length() > 0) {
      return writeSlice();
    }
    Future<Buffer> next = ahead.peek();
    if (next == null) {
      over = true;
      RequestScope.of(ctx).awaitDelivery();
      // Ends after the last write, since an ended response counts as served.
      lastWrite.onComplete(written -> {
        end();
        if (written.succeeded()) {
          response.end();
        }
        begun.tryComplete(Response.SENT);
      });
      return false;
    }
    if (!next.isComplete()) {
      return false;
    }
    ahead.remove();
    if (next.failed()) {
      fail(next.cause());
      return false;
    }
    rest = next.result();
    return true;
  }

  private boolean writeSlice() {
    if (response.writeQueueFull()) {
      return false;
    }
    int end = Math.min(Slices.BYTES, rest.length());
    lastWrite = response.write(rest.slice(0, end));
    rest = rest.slice(end, rest.length());
    begun.tryComplete(Response.SENT);
    return true;
  }

  private Future<Buffer> fetch(Section section) {
    return switch (section) {
      case Text(Buffer text) -> Future.succeededFuture(text);
      case FromFile(Piece piece) ->
          backend
              .call(
                  ctx,
                  FileContract.READ,
                  new ReadFileRequest(
                      file.path(),
                      file.encoding(),
                      file.etag(),
                      piece.first(),
                      (int) piece.length()))
              .map(reply -> content(reply, piece));
    };
  }

  private static Buffer content(ReadFileReply reply, Piece piece) {
    if (reply instanceof ReadFileReply.Chunk(var data) && data.length() == piece.length()) {
      return BufferInternal.buffer(Unpooled.wrappedBuffer(data.bytes()));
    }
    throw new StaleFileException();
  }

  private void end() {
    over = true;
  }

  private void fail(Throwable cause) {
    end();
    if (!begun.tryFail(cause)) {
      // Content-Length is sent already: only a premature end shows that bytes are missing.
      RequestScope.of(ctx).abort();
    }
  }
}
