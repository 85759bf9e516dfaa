package dev.signalbox.gateway.events;

import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Slices;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;

/**
 * Writes one response of type text/event-stream (WHATWG HTML section 9.2), never compressed. A
 * client that leaves more than a bound of bytes unread is cut, and so is the slowest when all
 * together leave too many: it reconnects and resumes, where a buffer would grow with every slow
 * client. Belongs to one event loop.
 */
public final class EventStreamWriter {

  private static final Buffer RETRY = Buffer.buffer("retry: 2000\n\n");
  private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

  private final RequestScope scope;
  private final HttpServerResponse response;
  private final int maxOutstanding;
  private final EventMemory.Account unread;
  private int outstanding;
  private boolean over;

  private EventStreamWriter(RoutingContext ctx, EventMemory memory, int maxOutstanding) {
    this.scope = RequestScope.of(ctx);
    this.response = ctx.response();
    this.maxOutstanding = maxOutstanding;
    Context context = ctx.vertx().getOrCreateContext();
    Thread eventLoop = Thread.currentThread();
    this.unread =
        memory.open(() -> {
          // At once where that is possible: the bytes are wanted now.
          if (Thread.currentThread().equals(eventLoop)) {
            cut();
          } else {
            context.runOnContext(_ -> cut());
          }
        });
    scope.onEnd(this::onEnd);
  }

  private void onEnd() {
    over = true;
    // One that ended may still be on its way.
    if (!response.ended()) {
      unread.close();
    }
  }

  /**
   * Begins a response.
   *
   * @param memory of all readers; what this one has not taken is acquired there
   * @param maxOutstanding bytes written and not yet taken by the client's connection
   */
  public static EventStreamWriter open(RoutingContext ctx, EventMemory memory, int maxOutstanding) {
    EventStreamWriter writer = new EventStreamWriter(ctx, memory, maxOutstanding);
    HttpServerResponse response = writer.response;
    response.setStatusCode(200);
    response.putHeader("Content-Type", ServerSentEvent.MEDIA_TYPE);
    response.putHeader("Cache-Control", "no-store");
    // nginx would gather events until its buffer is full.
    response.putHeader("X-Accel-Buffering", "no");
    // HTTP/1.0 has no chunks: there the end of the connection ends the response.
    response.setChunked(ctx.request().version() == HttpVersion.HTTP_1_1);
    // The connection has served its purpose when the feed ends: a client then connects elsewhere.
    writer.scope.closeAfterResponse();
    writer.write(RETRY);
    return writer;
  }

  /** Writes whole events; cuts the client when it has too many bytes outstanding. */
  public void write(Buffer events) {
    if (over || response.ended() || response.closed()) {
      return;
    }
    int length = events.length();
    boolean tooMuch = outstanding > 0 && outstanding + length > maxOutstanding;
    if (tooMuch || !unread.tryAcquire(length)) {
      cut();
      return;
    }
    outstanding += length;
    // In slices, which show whether a client reads at all.
    for (int at = 0; at < length; ) {
      Buffer slice = Slices.at(events, at);
      int bytes = slice.length();
      response
          .write(slice)
          .onComplete(_ -> {
            outstanding -= bytes;
            unread.release(bytes);
          });
      at += bytes;
    }
  }

  /** Whether writing must pause: the client is behind in reading, or the response is over. */
  public boolean full() {
    return over || response.ended() || response.closed() || response.writeQueueFull();
  }

  /** Runs when the client has taken enough for more to be written. */
  public void onDrain(Runnable more) {
    response.drainHandler(_ -> more.run());
  }

  /** Writes a comment, so that proxies keep the connection and a lost client is noticed. */
  public void heartbeat() {
    if (stillGranted()) {
      write(HEARTBEAT);
    }
  }

  /**
   * Ends the response when its caller may not read any longer: the token was revoked or has
   * expired. The client connects again and is told.
   */
  public boolean stillGranted() {
    if (scope.callerStillGranted() != null) {
      return true;
    }
    if (full()) {
      cut();
    } else {
      end();
    }
    return false;
  }

  /** Aborts the response. */
  public void cut() {
    if (!over) {
      over = true;
      scope.cut();
    }
  }

  /** Ends the response cleanly: the client reconnects. */
  public void end() {
    if (!over && !response.ended() && !response.closed()) {
      over = true;
      response.end().onComplete(_ -> unread.close());
    }
  }
}
