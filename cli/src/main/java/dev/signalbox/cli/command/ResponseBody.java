package dev.signalbox.cli.command;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response: the event loop writes it, a thread that may wait reads it. It is full
 * while a few parts are unread, so that nothing piles up here.
 */
public final class ResponseBody extends InputStream implements WriteStream<Buffer> {

  private static final Buffer END = Buffer.buffer();
  private static final int MAX_PARTS = 8;

  private final Context context;
  private final BlockingQueue<Buffer> parts = new LinkedBlockingQueue<>();
  private volatile int status;
  private volatile @Nullable IOException failure;
  private @Nullable Handler<Void> drainHandler;
  private @Nullable Buffer part;
  private int at;

  ResponseBody(Context context) {
    this.context = context;
  }

  @Override
  public Future<Void> write(Buffer data) {
    parts.add(data);
    return Future.succeededFuture();
  }

  /** Waits for {@link #complete} or {@link #fail}: an end may be that of the connection. */
  @Override
  public Future<Void> end() {
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return parts.size() >= MAX_PARTS;
  }

  @Override
  public synchronized ResponseBody drainHandler(@Nullable Handler<Void> handler) {
    drainHandler = handler;
    drain();
    return this;
  }

  private synchronized void drain() {
    Handler<Void> handler = drainHandler;
    if (handler != null && !writeQueueFull()) {
      drainHandler = null;
      context.runOnContext(handler);
    }
  }

  @Override
  public ResponseBody setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public ResponseBody exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this; // Writing does not fail.
  }

  void complete(HttpResponse<?> response) {
    status = response.statusCode();
    parts.add(END);
  }

  /** Ends it for its reader; any thread may call it. */
  public void fail(Throwable cause) {
    failure = toIoException(cause);
    parts.add(END);
  }

  /** The exception that a stream or a connection was ended with comes wrapped, perhaps twice. */
  private static IOException toIoException(Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof IOException known) {
        return known;
      }
    }
    return new IOException(String.valueOf(cause.getMessage()), cause);
  }

  /** The status of the response, once the body has been read to its end. */
  public int status() {
    return status;
  }

  @Override
  public int available() {
    return part == null ? 0 : part.length() - at;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    Buffer now = available() == 0 ? next() : part;
    if (now == null) {
      return -1;
    }
    int some = Math.min(length, now.length() - at);
    now.getBytes(at, at + some, bytes, offset);
    at += some;
    return some;
  }

  private @Nullable Buffer next() throws IOException {
    Buffer next;
    try {
      next = parts.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (failure != null) {
      throw failure;
    }
    if (next.length() == 0) {
      parts.add(END);
      return null;
    }
    drain();
    part = next;
    at = 0;
    return next;
  }
}
