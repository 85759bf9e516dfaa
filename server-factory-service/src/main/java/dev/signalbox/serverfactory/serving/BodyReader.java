package dev.signalbox.serverfactory.serving;

import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request whole, within bounds of bytes and of time. What it holds of the
 * budget is released by {@link #release}.
 */
final class BodyReader {

  private static final Buffer NONE = Buffer.buffer();

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final ServingLimits limits;
  private final MemoryBudget budget;
  private final Receiver receiver;
  private @Nullable Buffer body;
  private long held;
  private long timer = -1;
  private boolean ended;

  /** What becomes of the body; one of these is called, once. */
  interface Receiver {

    /** It is there; empty when the request has none. */
    void received(Buffer body);

    /** It is not taken: what follows of the request is not read. */
    void refused(int status, String why);

    /** The client is gone. */
    void abandoned();
  }

  BodyReader(
      Vertx vertx,
      HttpServerRequest request,
      ServingLimits limits,
      MemoryBudget budget,
      Receiver receiver) {
    this.vertx = vertx;
    this.request = request;
    this.limits = limits;
    this.budget = budget;
    this.receiver = receiver;
  }

  /** Whether a request of HTTP/1 has no body; in HTTP/2 that shows only at its end. */
  static boolean hasNone(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      return false;
    }
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    return length == null || length.equals("0");
  }

  void read() {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null && parsed(length) > limits.requestBytes()) {
      refuseLength();
      return;
    }
    if (request.version() != HttpVersion.HTTP_2
        && "100-continue".equalsIgnoreCase(request.headers().get(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    timer =
        vertx.setTimer(
            limits.bodyTimeout().toMillis(),
            _ ->
                refuse(
                    408,
                    "The body of a request must arrive within "
                        + limits.bodyTimeout().toMillis()
                        + " ms"));
    request.exceptionHandler(_ -> abandon());
    request.handler(this::append);
    request.endHandler(_ -> complete());
  }

  private static long parsed(String length) {
    try {
      return Long.parseLong(length);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE; // Beyond 64 bits: the codec has refused what is no number.
    }
  }

  private void append(Buffer chunk) {
    if (ended) {
      return;
    }
    Buffer received = body;
    long total = (received == null ? 0 : received.length()) + (long) chunk.length();
    if (total > limits.requestBytes()) {
      refuseLength();
    } else if (!budget.tryAcquire(chunk.length())) {
      refuse(503, "The server holds too many bytes of requests at present");
    } else {
      held += chunk.length();
      body = received == null ? Buffer.buffer().appendBuffer(chunk) : received.appendBuffer(chunk);
    }
  }

  private void complete() {
    if (end()) {
      receiver.received(body == null ? NONE : body);
    }
  }

  private void abandon() {
    if (end()) {
      receiver.abandoned();
    }
  }

  private void refuseLength() {
    refuse(413, "The body of a request must be at most " + limits.requestBytes() + " bytes");
  }

  private void refuse(int status, String why) {
    if (end()) {
      body = null;
      release();
      receiver.refused(status, why);
    }
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    if (timer >= 0) {
      vertx.cancelTimer(timer);
    }
    return true;
  }

  /** The body is no longer needed. */
  void release() {
    budget.release(held);
    held = 0;
  }
}
