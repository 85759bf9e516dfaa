package dev.signalbox.cli.run;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, for a thread that may wait. A piece is asked for when the one before has
 * been read, so that nothing piles up here.
 */
final class AnswerStream extends InputStream {

  private static final Buffer END = Buffer.buffer();

  private final CompletableFuture<HttpClientResponse> head = new CompletableFuture<>();
  private final BlockingQueue<Buffer> pieces = new LinkedBlockingQueue<>();
  private volatile @Nullable IOException fault;
  private @Nullable Buffer piece;
  private int at;

  /** The response has begun; called on its event loop. */
  void begin(HttpClientResponse response) {
    response.pause();
    response.handler(pieces::add);
    response.endHandler(end -> pieces.add(END));
    response.exceptionHandler(this::fail);
    response.fetch(1);
    head.complete(response);
  }

  /** There will be nothing more; any thread may say so. */
  void fail(Throwable cause) {
    IOException told =
        cause instanceof IOException io
            ? io
            : new IOException(String.valueOf(cause.getMessage()), cause);
    fault = told;
    head.completeExceptionally(told);
    pieces.add(END);
  }

  /** Waits for the status. */
  int status() throws IOException, InterruptedException {
    try {
      return head.get().statusCode();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause() == null ? e : e.getCause());
    }
  }

  @Override
  public int available() {
    return piece == null ? 0 : piece.length() - at;
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
    if (available() == 0 && !take()) {
      return -1;
    }
    Buffer now = piece;
    if (now == null) {
      return -1;
    }
    int some = Math.min(length, now.length() - at);
    now.getBytes(at, at + some, bytes, offset);
    at += some;
    if (at == now.length()) {
      piece = null;
      head.join().fetch(1);
    }
    return some;
  }

  private boolean take() throws IOException {
    Buffer next;
    try {
      next = pieces.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (fault != null) {
      throw fault;
    }
    if (next.length() == 0) {
      pieces.add(END);
      return false;
    }
    piece = next;
    at = 0;
    return true;
  }
}
