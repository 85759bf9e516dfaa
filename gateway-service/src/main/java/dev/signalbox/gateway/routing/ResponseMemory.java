package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.listener.ClientConnection;
import dev.signalbox.gateway.listener.WriteProgress;
import dev.signalbox.platform.limit.UnreadBodies;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What one response holds of the memory for what clients have not read. Belongs to one event loop.
 */
public final class ResponseMemory {

  /**
   * What a body that goes from connection to connection holds, measured: a full write queue, what
   * was read for it, and what is empty in the buffers of both.
   */
  private static final long STREAM_BYTES = 512 << 10;

  private final UnreadBodies bodies;
  private final Executor loop;
  private final Runnable cut;
  private final ClientConnection connection;
  private final HttpServerResponse response;
  private final WriteProgress progress = new WriteProgress();
  private UnreadBodies.@Nullable Share share;
  private UnreadBodies.@Nullable Share stream;
  private long writtenBefore;
  private boolean left;

  ResponseMemory(
      Context context,
      UnreadBodies bodies,
      ClientConnection connection,
      HttpServerResponse response,
      Runnable cut) {
    this.bodies = bodies;
    this.loop = task -> context.runOnContext(_ -> task.run());
    this.cut = cut;
    this.connection = connection;
    this.response = response;
  }

  /** The share of what is written, or about to be; given back when the connection has closed. */
  public UnreadBodies.Share share() {
    UnreadBodies.Share made = share;
    if (made == null) {
      made = bodies.share(loop, cut);
      share = made;
    }
    return made;
  }

  /** Takes the memory of a body before its head is set; false without any. */
  public boolean reserve(Buffer content) {
    return content.length() < UnreadBodies.COUNTED_BYTES || share().take(content.length());
  }

  /** Gives back what {@link #reserve} took, when the body is written. */
  void free(Buffer content, Future<Void> written) {
    if (content.length() >= UnreadBodies.COUNTED_BYTES) {
      written.onComplete(_ -> share().giveBack(content.length()));
    }
  }

  /**
   * Takes memory of a body before its head is written. Waits a while, since many clients that read
   * make room all the time.
   *
   * @return fails with 503 when there is none; false when the client has left
   */
  public Future<Boolean> take(long bytes) {
    return take(share(), bytes);
  }

  private Future<Boolean> take(UnreadBodies.Share taking, long bytes) {
    if (left || response.closed()) {
      return Future.succeededFuture(false);
    }
    return taking
        .takeInTurn(bytes)
        .compose(grant ->
            switch (grant) {
              case TAKEN -> Future.succeededFuture(stillThere(taking, bytes));
              case GONE -> Future.succeededFuture(false);
              case OVERLOADED, NEVER_FITS -> Future.failedFuture(refused());
            });
  }

  /** The client may have left in the moment between. */
  private boolean stillThere(UnreadBodies.Share taking, long bytes) {
    if (left || response.closed()) {
      taking.giveBack(bytes);
      return false;
    }
    return true;
  }

  /**
   * The same for a body that goes from connection to connection, as the other side sends it, until
   * {@link #releaseStream}. How the client reads is looked at from time to time.
   *
   * @param counted where it counts
   * @param length of the body, or what it may hold when that is not known; more counts as what one
   *     stream holds at most
   */
  public Future<Boolean> takeStream(UnreadBodies counted, long length) {
    UnreadBodies.Share made = counted.share(loop, cut);
    made.caughtUp();
    stream = made;
    return take(made, Math.min(length, STREAM_BYTES));
  }

  /** Takes memory of a stream beside that of bodies in pieces. */
  public Future<Boolean> takeStream(long length) {
    return takeStream(bodies, length);
  }

  /** Gives back what {@link #takeStream} took. */
  public void releaseStream() {
    UnreadBodies.Share streamed = stream;
    if (streamed != null) {
      streamed.end();
      stream = null;
    }
  }

  /** The error of a response that there is no memory for. */
  public static HttpException refused() {
    return HttpException.overloaded("Too many clients have not read their responses");
  }

  /** Whether a body, or a part of it, waits for the client. */
  boolean offers() {
    UnreadBodies.Share made = share;
    return made != null && made.offers();
  }

  /** Looks whether the client has taken something since the last time. */
  void look() {
    UnreadBodies.Share streamed = stream;
    if (streamed == null && !offers()) {
      return;
    }
    boolean moved =
        connection.multiplexed()
            ? response.bytesWritten() != writtenBefore
            : progress.moved(connection.http());
    writtenBefore = response.bytesWritten();
    if (moved && offers()) {
      share().progress();
    }
    if (streamed != null) {
      if (!response.writeQueueFull()) {
        streamed.caughtUp();
      } else if (moved || !streamed.offers()) {
        streamed.progress();
      }
    }
  }

  /** The request is over: nothing more is taken. What is written is held until it is read. */
  void leave() {
    left = true;
    if (share != null) {
      share.leave();
    }
    if (stream != null) {
      stream.leave();
    }
  }

  /** Nothing more goes to the client. */
  void end() {
    left = true;
    if (share != null) {
      share.end();
    }
    releaseStream();
  }
}
