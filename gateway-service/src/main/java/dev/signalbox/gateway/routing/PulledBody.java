package dev.signalbox.gateway.routing;

import dev.signalbox.platform.limit.UnreadBodies;
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
  private final UnreadBodies.Share memory;
  private final int piecesAhead;
  private final int pieceBytes;
  private final Iterator<Supplier<Future<Buffer>>> pieces;
  private final Deque<Future<Buffer>> ahead = new ArrayDeque<>();
  private final Promise<Response> begun = Promise.promise();
  private Future<Void> lastWrite = Future.succeededFuture();
  private Buffer rest = Buffer.buffer();
  private boolean pumping;
  private int unread;

  /** Slices that are written, but not taken. */
  private int offered;

  private boolean freed;
  private boolean over;

  private PulledBody(
      RoutingContext ctx,
      int piecesAhead,
      int pieceBytes,
      Iterator<Supplier<Future<Buffer>>> pieces) {
    this.ctx = ctx;
    this.response = ctx.response();
    this.memory = RequestScope.of(ctx).memory().share();
    this.piecesAhead = piecesAhead;
    this.pieceBytes = pieceBytes;
    this.pieces = pieces;
  }

  /**
   * Sends a body after status and headers are set.
   *
   * @param piecesAhead how many pieces are fetched at once; fewer while other responses need the
   *     memory
   * @param pieceBytes length of a piece at most
   * @param pieces fetched in this order; one that fails ends the response early, so that the client
   *     sees that bytes are missing
   * @return completes when the head is written; fails before that
   */
  public static Future<Response> send(
      RoutingContext ctx,
      int piecesAhead,
      int pieceBytes,
      Iterator<Supplier<Future<Buffer>>> pieces) {
    PulledBody sending = new PulledBody(ctx, piecesAhead, pieceBytes, pieces);
    ResponseMemory memory = RequestScope.of(ctx).memory();
    memory.releaseStream();
    sending.memory.caughtUp(); // until there is a piece
    return memory.take(pieceBytes).compose(sending::begin);
  }

  /** Begins with memory for one piece, which is held until the end; pieces ahead are beside it. */
  private Future<Response> begin(boolean taken) {
    if (!taken) {
      return Future.succeededFuture(Response.SENT);
    }
    response.drainHandler(_ -> pump());
    response.exceptionHandler(_ -> end());
    RequestScope.of(ctx).onEnd(this::end);
    pump();
    return begun.future();
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
    while (unread < piecesAhead
        && pieces.hasNext()
        && (unread == 0 || memory.takeAhead(pieceBytes))) {
      unread++;
      Future<Buffer> piece = pieces.next().get();
      ahead.add(piece);
      piece.onComplete(_ -> pump());
    }
    if (rest.length() > 0) {
      return writeSlice();
    }
    Future<Buffer> next = ahead.peek();
    if (next == null && pieces.hasNext()) {
      return false; // It goes on when the client has taken a piece.
    }
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
    if (rest.length() == 0) {
      read();
    }
    return true;
  }

  private boolean writeSlice() {
    if (offered == 0) {
      memory.progress();
    }
    if (response.writeQueueFull()) {
      return false;
    }
    offered++;
    Buffer slice = Slices.at(rest, 0);
    lastWrite = response.write(slice);
    rest = rest.slice(slice.length(), rest.length());
    boolean last = rest.length() == 0;
    lastWrite.onComplete(_ -> written(last));
    begun.tryComplete(Response.SENT);
    return true;
  }

  /** The client has taken a slice, the last one of its piece or not. */
  private void written(boolean last) {
    offered--;
    if (offered == 0 && rest.length() == 0) {
      memory.caughtUp();
    } else {
      memory.progress();
    }
    if (last) {
      read();
      pump(); // There is room for another one.
    }
  }

  /** The client has taken a whole piece. */
  private void read() {
    unread--;
    if (unread > 0 && !freed) {
      memory.giveBack(pieceBytes);
    }
  }

  private void end() {
    over = true;
    if (!freed) {
      freed = true;
      memory.giveBack((long) pieceBytes * Math.max(1, unread));
    }
  }

  private void fail(Throwable cause) {
    end();
    if (!begun.tryFail(cause)) {
      // Content-Length is sent already: only a premature end shows that bytes are missing.
      RequestScope.of(ctx).abort();
    }
  }
}
