package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body: never more than allowed, never faster than asked for, and not for ever:
 * the time a client may keep us waiting is bounded. What is read and kept counts against the memory
 * of the process before it is kept. Belongs to one event loop.
 */
public final class RequestBody implements BodyStream {

  private final HttpServerRequest request;
  private final long declared;
  private final long limit;
  private final BodyTimeout timeout;
  private final MemoryBudget budget;
  private @Nullable Buffer pending;
  private @Nullable Promise<Buffer> waiting;
  private @Nullable Throwable failure;
  private int wanted;
  private int atMostWanted;
  private boolean ended;
  private boolean broken;
  private Runnable onBroken = () -> {};
  private boolean started;
  private boolean closed;
  private long received;
  private long held;
  private long waitedNanos;
  private long waitStart;

  RequestBody(
      HttpServerRequest request,
      long declared,
      long limit,
      BodyTimeout timeout,
      MemoryBudget budget) {
    this.request = request;
    this.declared = declared;
    this.limit = limit;
    this.timeout = timeout;
    this.budget = budget;
    // Before the first read, too: it may be while a handler asks somebody else.
    request.exceptionHandler(_ -> breakOff());
  }

  /** Runs when no more of the body can be read, before its connection is closed. */
  void onBroken(Runnable handler) {
    onBroken = handler;
  }

  /** Content-Length; 0 without a body, -1 when chunked or, in HTTP/2, not told. */
  static long declaredBytes(HttpServerRequest request) {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      try {
        return Long.parseLong(length);
      } catch (NumberFormatException e) {
        // The decoder has let it pass; as if endless.
        return Long.MAX_VALUE;
      }
    }
    return request.version() == HttpVersion.HTTP_2
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        ? -1
        : 0;
  }

  @Override
  public long declaredBytes() {
    return declared;
  }

  /** Whether no more of it can be read: the sender is gone, or what it sends is no body. */
  boolean broken() {
    return broken;
  }

  /** The whole body; it is held until the request is over. */
  public Future<Buffer> whole() {
    return next(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  @Override
  public Future<Buffer> read(int atMost) {
    return next(1, atMost);
  }

  @Override
  public Future<Buffer> fill(int bytes) {
    return next(bytes, bytes);
  }

  private Future<Buffer> next(int atLeast, int atMost) {
    if (waiting != null) {
      return Future.failedFuture(new IllegalStateException("one read at a time"));
    }
    if (failure != null) {
      return Future.failedFuture(failure);
    }
    if (ended || (pending != null && pending.length() >= atLeast)) {
      return Future.succeededFuture(take(atMost));
    }
    Promise<Buffer> promise = Promise.promise();
    waiting = promise;
    wanted = atLeast;
    atMostWanted = atMost;
    waitStart = System.nanoTime();
    if (started) {
      request.resume();
    } else {
      start();
    }
    return promise.future();
  }

  private void start() {
    started = true;
    request.handler(this::arrived);
    request.endHandler(_ -> finished());
    if (request.response().closed()) {
      // The client left before anyone read: nobody would tell this handler any more.
      breakOff();
      return;
    }
    // Only now that the body is wanted: a refusal must come before the client sends it. A client
    // of HTTP/1.0 does not know what it means (RFC 9110 section 10.1.1).
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null
        && expect.equalsIgnoreCase("100-continue")
        && request.version() != HttpVersion.HTTP_1_0) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private void arrived(Buffer piece) {
    if (failure != null || closed) {
      return;
    }
    received += piece.length();
    if (received > limit) {
      fail(HttpException.tooLarge("The body is larger than " + limit + " bytes"));
      return;
    }
    if (!budget.tryAcquire(piece.length())) {
      fail(HttpException.overloaded("The bodies of all requests take too much memory"));
      return;
    }
    held += piece.length();
    pending = pending == null ? piece : pending.appendBuffer(piece);
    if (waiting == null) {
      request.pause();
    } else if (pending.length() >= wanted) {
      request.pause();
      deliver();
    }
  }

  private void finished() {
    ended = true;
    if (waiting != null) {
      deliver();
    }
  }

  private void deliver() {
    Promise<Buffer> promise = waiting;
    if (promise != null) {
      stopWaiting();
      promise.complete(take(atMostWanted));
    }
  }

  /** A client that left, a reset, framing that is wrong: the sender's doing, whatever the cause. */
  void breakOff() {
    if (broken || ended) {
      return;
    }
    broken = true;
    fail(brokenOff());
    onBroken.run();
  }

  static HttpException brokenOff() {
    return HttpException.malformed("The body broke off or is not framed as HTTP/1.1 says");
  }

  private void fail(Throwable cause) {
    if (failure != null || ended) {
      return;
    }
    failure = cause;
    pending = null;
    Promise<Buffer> promise = waiting;
    if (promise != null) {
      stopWaiting();
      promise.fail(cause);
    }
  }

  private void stopWaiting() {
    waitedNanos += System.nanoTime() - waitStart;
    waiting = null;
  }

  private Buffer take(int atMost) {
    Buffer all = pending;
    if (all == null) {
      return Buffer.buffer();
    }
    Buffer piece;
    if (all.length() <= atMost) {
      pending = null;
      piece = all;
    } else {
      pending = all.getBuffer(atMost, all.length());
      piece = all.getBuffer(0, atMost);
    }
    if (wanted != Integer.MAX_VALUE) {
      // A piece of a stream is put away before the next is asked for; a whole body stays.
      release(piece.length());
    }
    return piece;
  }

  private void release(long bytes) {
    held -= bytes;
    budget.release(bytes);
  }

  /** The request is over: what was held for it is given back. */
  void close() {
    if (!closed) {
      closed = true;
      // Whoever still reads is not to wait for ever.
      fail(brokenOff());
      pending = null;
      release(held);
    }
  }

  /** Fails the read under way when the client has kept us waiting too long. */
  void checkPace(long now) {
    long waited = now - waitStart;
    if (waiting != null && timeout.isOver(waitedNanos + waited, waited, received)) {
      fail(HttpException.of(408, "REQUEST_TIMEOUT", "The body came too slowly"));
    }
  }
}
