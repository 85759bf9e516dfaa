package dev.signalbox.dnsclient.transport;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.spi.BodyStream;
import org.jspecify.annotations.Nullable;

/** Collects the body of a response and fails when it is longer than any DNS message. */
final class LimitedBody implements BodyStream<Buffer> {

  private static final int MAX_BYTES = 65_535;

  private final Promise<Buffer> result = Promise.promise();
  private final Buffer body = Buffer.buffer();

  @Override
  public Future<Void> write(Buffer part) {
    if (body.length() + part.length() > MAX_BYTES) {
      return Future.failedFuture(
          new TransportException(Fault.PROTOCOL, "answered with more than 65,535 bytes", 1));
    }
    body.appendBuffer(part);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    result.tryComplete(body);
    return Future.succeededFuture();
  }

  @Override
  public void handle(Throwable cause) {
    result.tryFail(cause);
  }

  @Override
  public Future<Buffer> result() {
    return result.future();
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  public LimitedBody setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public LimitedBody drainHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  @Override
  public LimitedBody exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }
}
