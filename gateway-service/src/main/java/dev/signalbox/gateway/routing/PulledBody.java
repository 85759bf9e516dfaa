package dev.signalbox.gateway.routing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * A response body that is fetched piece by piece while the client reads it: a few pieces ahead, and
 * no more than the client takes. Belongs to one event loop.
 */
public final class PulledBody {

  private final RoutingContext ctx;
  private final HttpServerResponse response;
  private final int piecesAhead;
  private final Iterator<Supplier<Future<Buffer>>> pieces;
  private final Deque<Future<Buffer>> ahead = new ArrayDeque<>();
  private final Promise<Response> begun = Promise.promise();
  private Future<Void> lastWrite = Future.succeededFuture();
  private Buffer rest = Buffer.buffer();
  private boolean pumping;
  private boolean over;

  private PulledBody(
      RoutingContext ctx, int piecesAhead, Iterator<Supplier<Future<Buffer>>> pieces) {
    this.ctx = ctx;
    this.response = ctx.response();
    this.piecesAhead = piecesAhead;
    this.pieces = pieces;
  }

  /**
   * Sends a body after status and headers are set.
   *
   * @param piecesAhead how many pieces are fetched at once
   * @param pieces fetched in this order; one that fails ends the response early, so that the client
   *     sees that bytes are missing
   * @return completes when the head is written; fails before that
   */
  public static Future<Response> send(
      RoutingContext ctx, int piecesAhead, Iterator<Supplier<Future<Buffer>>> pieces) {
    PulledBody sending = new PulledBody(ctx, piecesAhead, pieces);
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
    while (ahead.size() < piecesAhead && pieces.hasNext()) {
      Future<Buffer> piece = pieces.next().get();
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
    Buffer slice = Slices.at(rest, 0);
    lastWrite = response.write(slice);
    rest = rest.slice(slice.length(), rest.length());
    begun.tryComplete(Response.SENT);
    return true;
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
