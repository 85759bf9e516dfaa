package dev.signalbox.gateway.listener;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;

/**
 * Decides whether a connection is kept, drained or closed after a response (RFC 9112 section 9.3),
 * which Vert.x leaves to the server. Belongs to one event loop.
 */
public final class ConnectionPersistence {

  private static final CharSequence KEEP_ALIVE_NAME = HttpHeaders.createOptimized("Keep-Alive");
  private static final long LINGER_MS = 2_000;
  private static final long SMALL_BODY = 65_536;
  // RFC 9113 section 7.
  private static final long NO_ERROR = 0;
  private static final long INTERNAL_ERROR = 2;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final ClientConnection connection;
  private final long declared;

  /** Decides for one request; {@code declared} is as in {@code RequestScope.declaredBytes()}. */
  public ConnectionPersistence(
      Vertx vertx, HttpServerRequest request, ClientConnection connection, long declared) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.connection = connection;
    this.declared = declared;
    if (clientCloses()) {
      connection.closeAfterResponse();
    }
  }

  private boolean clientCloses() {
    String header = request.headers().get(HttpHeaders.CONNECTION);
    if (request.version() == HttpVersion.HTTP_1_0) {
      return header == null || !header.toLowerCase(Locale.ROOT).contains("keep-alive");
    }
    return header != null && header.toLowerCase(Locale.ROOT).contains("close");
  }

  /** Sets Connection, and Keep-Alive when the connection is kept, before the head is written. */
  public void setHeaders(CharSequence keepAlive) {
    if (connection.multiplexed()) {
      // RFC 9113 section 8.2.2 forbids these headers; HTTP/2 has GOAWAY instead.
      return;
    }
    if (!bodyIsDrainable() || lengthUnknown()) {
      connection.closeAfterResponse();
    }
    MultiMap headers = response.headers();
    if (connection.closing()) {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    } else {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.KEEP_ALIVE);
      headers.set(KEEP_ALIVE_NAME, keepAlive);
    }
  }

  /** Whether the rest of the body is short enough to drain before the next request. */
  private boolean bodyIsDrainable() {
    if (declared == 0 || request.isEnded()) {
      return true;
    }
    boolean expects = request.headers().contains(HttpHeaders.EXPECT);
    return declared > 0 && declared <= SMALL_BODY && !expects && !connection.closing();
  }

  /** Whether only the end of the connection marks the end of the body for an HTTP/1.0 client. */
  private boolean lengthUnknown() {
    return request.version() == HttpVersion.HTTP_1_0
        && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)
        && !request.method().equals(HttpMethod.HEAD);
  }

  /** Aborts a response that has begun, so that the client sees that it is incomplete. */
  public void abort() {
    if (connection.multiplexed()) {
      response.reset(INTERNAL_ERROR);
    } else {
      connection.http().close();
    }
  }

  /**
   * Keeps, drains or closes the connection after the response ended.
   *
   * @param delivered completes when the response is written to the socket
   * @param broken whether the rest of the request's body cannot be read
   */
  public void onResponseEnd(Future<Void> delivered, boolean broken) {
    if (request.isEnded()) {
      if (!connection.multiplexed() && connection.closing()) {
        connection.http().close();
      }
    } else if (connection.multiplexed()) {
      if (declared > 0) {
        discard();
      }
      // In the next turn: until then the end of a request without a body may not have been read.
      delivered.onSuccess(_ -> vertx.runOnContext(_ -> endStream()));
    } else if (!connection.closing()) {
      if (declared != 0) {
        // The next request follows the rest, which is short.
        discard();
      }
    } else if (declared == 0 || broken) {
      connection.http().close();
    } else {
      linger();
    }
  }

  /**
   * Asks the client to stop sending its body (RFC 9113 section 8.1), but only after it received the
   * response: a reset discards what still waits for the client's flow-control window.
   */
  private void endStream() {
    if (!request.isEnded()) {
      discard();
      vertx.setTimer(LINGER_MS, _ -> resetIfOpen());
    }
  }

  private void resetIfOpen() {
    if (!request.isEnded() && !response.closed()) {
      response.reset(NO_ERROR);
    }
  }

  /**
   * Drains the body before the close: an immediate close would reset the connection and could
   * destroy the response (RFC 9112 section 9.6).
   */
  private void linger() {
    discard();
    request.endHandler(_ -> connection.http().close());
    vertx.setTimer(LINGER_MS, _ -> connection.http().close());
  }

  private void discard() {
    request.handler(_ -> {});
    request.exceptionHandler(_ -> {});
    request.resume();
  }
}
