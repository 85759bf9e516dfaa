package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pulls a request's body, one read at a time: no more than the limit, no faster than the reader
 * consumes it, and within a timeout. Every byte it keeps counts against the memory budget. Belongs
 * to one event loop.
 */
public final class RequestBody {

  /** How long reads may wait for the client. */
  @FunctionalInterface
  public interface Timeout {

    /** Whether reads have waited too long: all of them, or this one, for the bytes received. */
    boolean isOver(long allNanos, long nowNanos, long received);

    /** An allowance for all reads, plus the time that the bytes take at a minimum rate. */
    static Timeout atRate(Duration allowance, int bytesPerSecond) {
      long nanos = allowance.toNanos();
      double nanosPerByte = 1e9 / bytesPerSecond;
      return (all, _, received) -> all > nanos + received * nanosPerByte;
    }

    /** Any rate, with a longest pause. */
    static Timeout withPauses(Duration pause) {
      long nanos = pause.toNanos();
      return (_, now, _) -> now > nanos;
    }
  }

  private static final long UNTIMED = Long.MIN_VALUE;

  private final HttpServerRequest request;
  private final long limit;
  private final Timeout timeout;
  private final MemoryBudget budget;
  private @Nullable Buffer pending;
  private @Nullable Promise<Buffer> waiting;
  private @Nullable Throwable failure;
  private int minRead;
  private int maxRead;
  private boolean ended;
  private boolean broken;
  private Runnable onBroken = () -> {};
  private boolean started;
  private boolean paused;
  private boolean closed;
  private long received;
  private long held;
  private long waitedNanos;
  private long waitStart;

  RequestBody(HttpServerRequest request, long limit, Timeout timeout, MemoryBudget budget) {
    this.request = request;
    this.limit = limit;
    this.timeout = timeout;
    this.budget = budget;
    // The body may break before the first read, while the handler waits for a service.
    request.exceptionHandler(_ -> abort());
  }

  /** Runs when the rest of the body cannot be read, before the connection closes. */
  void onBroken(Runnable handler) {
    onBroken = handler;
  }

  /** Content-Length; 0 without a body, -1 when chunked or, in HTTP/2, not declared. */
  static long declaredBytes(HttpServerRequest request) {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      try {
        return Long.parseLong(length);
      } catch (NumberFormatException e) {
        // The decoder accepted it; handled as endless.
        return Long.MAX_VALUE;
      }
    }
    return request.version() == HttpVersion.HTTP_2
            || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        ? -1
        : 0;
  }

  /** Whether the rest cannot be read: the client disconnected or its framing is invalid. */
  boolean broken() {
    return broken;
  }

  /** Reads the whole body; it is held until the request ends. */
  public Future<Buffer> whole() {
    return read(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * Reads what is available, as soon as there is anything. Fails with 413 beyond the limit, with
   * 408 when the client is too slow, and when the client disconnects. Time between reads does not
   * count against the timeout.
   *
   * @return 1 to {@code atMost} bytes; empty at the end
   */
  public Future<Buffer> read(int atMost) {
    return read(1, atMost);
  }

  /** Reads exactly so many bytes, fewer only at the end; fails as {@link #read} does. */
  public Future<Buffer> fill(int bytes) {
    return read(bytes, bytes);
  }

  private Future<Buffer> read(int atLeast, int atMost) {
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
    minRead = atLeast;
    maxRead = atMost;
    // A wait for the whole body is timed from the first check on: most are over before it.
    waitStart = atLeast == Integer.MAX_VALUE ? UNTIMED : System.nanoTime();
    if (started) {
      resume();
    } else {
      start();
    }
    return promise.future();
  }

  /** Stops the client from sending until the next read. */
  public void pause() {
    paused = true;
    request.pause();
  }

  private void resume() {
    paused = false;
    request.resume();
  }

  private void start() {
    started = true;
    request.handler(this::onData);
    request.endHandler(_ -> onEnd());
    if (request.response().closed()) {
      // The client disconnected before the first read; Vert.x will not call the handlers.
      abort();
      return;
    }
    // Only at the first read, so that a refusal comes before the client sends its body. HTTP/1.0
    // clients do not know 100 (RFC 9110 section 10.1.1).
    String expect = request.getHeader(HttpHeaders.EXPECT);
    if (expect != null
        && expect.equalsIgnoreCase("100-continue")
        && request.version() != HttpVersion.HTTP_1_0) {
      request.response().writeContinue();
    }
    if (paused) {
      resume();
    }
  }

  private void onData(Buffer piece) {
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
      pause();
    } else if (pending.length() >= minRead) {
      pause();
      deliver();
    }
  }

  private void onEnd() {
    ended = true;
    deliver();
  }

  private void deliver() {
    Promise<Buffer> promise = waiting;
    if (promise != null) {
      stopWaiting();
      promise.complete(take(maxRead));
    }
  }

  /** Fails the body: the client disconnected, reset the stream or sent invalid framing. */
  void abort() {
    if (broken || ended) {
      return;
    }
    broken = true;
    fail(brokenBody());
    onBroken.run();
  }

  static HttpException brokenBody() {
    return HttpException.malformed("The body is incomplete or not framed as HTTP/1.1 says");
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
    if (waitStart != UNTIMED) {
      waitedNanos += System.nanoTime() - waitStart;
    }
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
    if (minRead != Integer.MAX_VALUE) {
      // The reader consumes a piece of a stream before the next read; a whole body stays held.
      release(piece.length());
    }
    return piece;
  }

  private void release(long bytes) {
    held -= bytes;
    budget.release(bytes);
  }

  /** Releases what is held for the request. */
  void close() {
    if (!closed) {
      closed = true;
      fail(brokenBody());
      pending = null;
      release(held);
    }
  }

  /** Fails a read that has waited too long for the client. */
  void checkTimeout(long now) {
    if (waiting != null && waitStart == UNTIMED) {
      waitStart = now;
    }
    long waited = now - waitStart;
    if (waiting != null && timeout.isOver(waitedNanos + waited, waited, received)) {
      fail(HttpException.of(408, "REQUEST_TIMEOUT", "The body came too slowly"));
    }
  }
}
