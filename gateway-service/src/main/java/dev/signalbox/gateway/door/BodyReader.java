package dev.signalbox.gateway.door;

import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.route.BodyStream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's body: never more than allowed, never faster than asked for, and not for ever:
 * the time spent waiting for the client is bounded by a fixed allowance plus what its bytes need at
 * the slowest pace allowed.
 */
final class BodyReader implements BodyStream {

  private final HttpServerRequest request;
  private final Connection connection;
  private final long declared;
  private final long limit;
  private final long allowanceNanos;
  private final double nanosPerByte;
  private @Nullable Buffer pending;
  private @Nullable Promise<Buffer> waiting;
  private @Nullable Throwable failure;
  private int wanted;
  private int atMostWanted;
  private boolean ended;
  private boolean started;
  private long received;
  private long waitedNanos;
  private long waitStart;

  BodyReader(
      HttpServerRequest request,
      Connection connection,
      long declared,
      long limit,
      Duration allowance,
      int bytesPerSecond) {
    this.request = request;
    this.connection = connection;
    this.declared = declared;
    this.limit = limit;
    this.allowanceNanos = allowance.toNanos();
    this.nanosPerByte = 1e9 / bytesPerSecond;
  }

  @Override
  public long declaredBytes() {
    return declared;
  }

  /** Whether the body has been read to its end. */
  boolean ended() {
    return ended;
  }

  /** The whole body. */
  Future<Buffer> whole() {
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
    connection.reads(this);
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
    request.exceptionHandler(_ -> brokenOff());
    if (request.response().closed()) {
      // The client left before anyone read: nobody would tell this handler any more.
      brokenOff();
      return;
    }
    String expect = request.getHeader("expect");
    // Only now that the body is wanted: a refusal must come before the client sends it.
    if (expect != null && expect.equalsIgnoreCase("100-continue")) {
      request.response().writeContinue();
    }
    request.resume();
  }

  private void arrived(Buffer piece) {
    if (failure != null) {
      return;
    }
    received += piece.length();
    if (received > limit) {
      fail(HttpFault.tooLarge("The body is larger than " + limit + " bytes"));
      return;
    }
    if (pending == null) {
      pending = piece;
    } else {
      pending = pending.appendBuffer(piece);
    }
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
  private void brokenOff() {
    fail(HttpFault.malformed("The body broke off or is not framed as HTTP/1.1 says"));
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
    connection.hasRead(this);
  }

  private Buffer take(int atMost) {
    Buffer all = pending;
    if (all == null) {
      return Buffer.buffer();
    }
    if (all.length() <= atMost) {
      pending = null;
      return all;
    }
    pending = all.getBuffer(atMost, all.length());
    return all.getBuffer(0, atMost);
  }

  /** Called by the sweep while a read waits. */
  void checkPace(long now) {
    if (waiting != null
        && waitedNanos + (now - waitStart) > allowanceNanos + received * nanosPerByte) {
      fail(HttpFault.of(408, "REQUEST_TIMEOUT", "The body came too slowly"));
    }
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
}
