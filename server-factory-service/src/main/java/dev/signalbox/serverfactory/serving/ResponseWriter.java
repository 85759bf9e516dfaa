package dev.signalbox.serverfactory.serving;

import dev.signalbox.platform.http.ConnectionHeaders;
import dev.signalbox.serverfactory.definition.Dribble;
import io.netty.handler.codec.DateFormatter;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes responses: at once when they are short; piece by piece as the client reads, or as the
 * definition's dribble says, when they are not. Used from one event loop.
 */
final class ResponseWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);

  /**
   * A longer body is not copied to the socket's memory before the client has read what is there.
   */
  private static final int PIECE_BYTES = 64 * 1_024;

  private static final CharSequence SERVER = HttpHeaders.createOptimized("signalbox");
  private static final CharSequence TEXT = HttpHeaders.createOptimized("text/plain; charset=utf-8");

  private final Duration stall;
  private long dateSecond;
  private CharSequence date = "";

  /**
   * A writer.
   *
   * @param stall how long a client may read nothing of a long body
   */
  ResponseWriter(Duration stall) {
    this.stall = stall;
  }

  /** The date in the form of RFC 9110 section 5.6.7. */
  @SuppressWarnings("JavaUtilDate") // Netty's formatter takes it
  CharSequence date() {
    long second = System.currentTimeMillis() / 1_000;
    if (second != dateSecond) {
      dateSecond = second;
      date = HttpHeaders.createOptimized(DateFormatter.format(new Date(second * 1_000)));
    }
    return date;
  }

  /** A mistake of ours costs one response, not the connection's place in flight for ever. */
  void guarded(InFlightRequest inFlight, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("A request could not be answered", e);
      if (inFlight.ended()) {
        return;
      }
      if (inFlight.response().headWritten()) {
        inFlight.end(0, null, 0);
        ClientChannel.close(inFlight.request().connection());
      } else {
        inFlight.response().headers().clear();
        text(inFlight, 500, "This request met an error inside the server");
      }
    }
  }

  /** A response of plain text. */
  void text(InFlightRequest request, int status, String text) {
    request.response().headers().set(HttpHeaders.CONTENT_TYPE, TEXT);
    write(request, status, Buffer.buffer(text), null);
  }

  /**
   * Writes a response whose headers are set, and ends the request.
   *
   * @param dribble null to write as fast as the client reads
   */
  void write(InFlightRequest request, int status, Buffer body, @Nullable Dribble dribble) {
    HttpServerResponse response = request.response();
    MultiMap headers = response.headers();
    response.setStatusCode(status);
    sign(request);
    boolean close = headers.contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
    if (hasNoContent(status)) {
      end(request, status, Buffer.buffer(), 0, close);
    } else if (request.isHead()) {
      headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
      end(request, status, Buffer.buffer(), 0, close);
    } else if (body.length() <= PIECE_BYTES && dribble == null) {
      end(request, status, body, body.length(), close);
    } else {
      headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
      request.watch();
      if (dribble == null) {
        pieces(request, status, body, 0, close);
      } else {
        dribble(
            request,
            status,
            body,
            new Dribble(
                Math.clamp(dribble.chunks(), 1, Math.max(1, body.length())), dribble.overMs()),
            0,
            close);
      }
    }
  }

  /** Whether responses end after the headers (RFC 9110 sections 6.4.1 and 15.3.6). */
  private static boolean hasNoContent(int status) {
    return status == 204 || status == 205 || status == 304;
  }

  /** Date and Server, unless a route has its own, and nothing that the version does not allow. */
  void sign(InFlightRequest request) {
    MultiMap headers = request.response().headers();
    if (request.request().version() == HttpVersion.HTTP_2) {
      removeOfConnection(headers);
    }
    if (!headers.contains(HttpHeaders.DATE)) {
      headers.set(HttpHeaders.DATE, date());
    }
    if (!headers.contains(HttpHeaders.SERVER)) {
      headers.set(HttpHeaders.SERVER, SERVER);
    }
  }

  /** Removes what is of a connection of HTTP/1: no response over HTTP/2 and no hint has it. */
  static void removeOfConnection(MultiMap headers) {
    ConnectionHeaders.removeFrom(headers);
  }

  /**
   * Writes the last of a body. What the response holds is held until the client has taken it; the
   * response ends only then, for a stream that has ended cannot be reset.
   */
  private void end(InFlightRequest request, int status, Buffer last, long sent, boolean close) {
    if (last.length() > 0 && request.holdsMemory()) {
      HttpServerResponse response = request.response();
      response.headers().set(HttpHeaders.CONTENT_LENGTH, Long.toString(sent));
      request.watch();
      request.sent(
          stall, response.write(last), () -> end(request, status, Buffer.buffer(), sent, close));
      return;
    }
    var written = request.response().end(last);
    if (close) {
      written.onComplete(_ -> request.closeConnection());
    }
    request.end(status, null, sent);
  }

  private void pieces(InFlightRequest request, int status, Buffer body, int from, boolean close) {
    HttpServerResponse response = request.response();
    int at = from;
    while (body.length() - at > PIECE_BYTES && !response.writeQueueFull() && !request.ended()) {
      response.write(body.slice(at, at + PIECE_BYTES));
      at += PIECE_BYTES;
    }
    if (request.ended()) {
      return;
    }
    if (body.length() - at > PIECE_BYTES) {
      int next = at;
      request.drained(stall, () -> pieces(request, status, body, next, close));
    } else {
      end(request, status, body.slice(at, body.length()), body.length(), close);
    }
  }

  private void dribble(
      InFlightRequest request, int status, Buffer body, Dribble dribble, int piece, boolean close) {
    int chunks = dribble.chunks();
    int from = (int) ((long) body.length() * piece / chunks);
    int to = (int) ((long) body.length() * (piece + 1) / chunks);
    Buffer part = body.slice(from, to);
    if (piece == chunks - 1) {
      end(request, status, part, body.length(), close);
      return;
    }
    request.response().write(part);
    long gap =
        dribble.overMs() * (piece + 1) / (chunks - 1) - dribble.overMs() * piece / (chunks - 1);
    Runnable next = () -> dribble(request, status, body, dribble, piece + 1, close);
    request.later(gap, () -> request.drained(stall, next));
  }
}
