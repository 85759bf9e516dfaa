package dev.signalbox.gateway.task;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Lines on their way to a client. Those that come in one turn of the event loop leave in one write,
 * but not more than the client takes: the rest stays here. Belongs to one event loop.
 */
final class AnswerLines {

  // A response is full when so and so many writes wait, however large they are.
  private static final int SLICE = 65_536;

  private final Context context;
  private final HttpServerResponse response;
  private Buffer lines = Buffer.buffer();
  private int given;
  private boolean flushing;
  private boolean ending;

  /** Lines for a response whose head is set. */
  AnswerLines(Context context, HttpServerResponse response) {
    this.context = context;
    this.response = response;
  }

  /** Bytes that the client has not made room for yet. */
  int waiting() {
    return lines.length() - given;
  }

  void append(byte[] json, Runnable flushed) {
    lines.appendBytes(json).appendByte((byte) '\n');
    if (!flushing) {
      flushing = true;
      context.runOnContext(_ -> {
        flushing = false;
        flush();
        flushed.run();
      });
    }
  }

  /** The last line: the response ends when the client has made room for all. */
  void end(byte[] json) {
    lines.appendBytes(json).appendByte((byte) '\n');
    ending = true;
    flush();
  }

  /** Gives away what there is room for. */
  void flush() {
    while (waiting() > 0 && !response.closed() && !response.writeQueueFull()) {
      int end = Math.min(given + SLICE, lines.length());
      Buffer slice = lines.slice(given, end);
      given = end;
      if (ending && waiting() == 0) {
        response.end(slice);
      } else {
        response.write(slice);
      }
    }
    if (waiting() == 0) {
      lines = Buffer.buffer();
      given = 0;
    }
  }
}
