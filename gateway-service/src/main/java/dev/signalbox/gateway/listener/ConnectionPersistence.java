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

  /**
   * For one request.
   *
   * @param declared length of its body; 0 without one, -1 when not told
   */
  public ConnectionPersistence(
      Vertx vertx, HttpServerRequest request, ClientConnection connection, long declared) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.connection = connection;
    this.declared = declared;
    if (clientCloses()) {
      connection.closeAfterThis();
    }
  }

  private boolean clientCloses() {
    String wish = request.headers().get(HttpHeaders.CONNECTION);
    if (request.version() == HttpVersion.HTTP_1_0) {
      return wish == null || !wish.toLowerCase(Locale.ROOT).contains("keep-alive");
    }
    return wish != null && wish.toLowerCase(Locale.ROOT).contains("close");
  }

  /**
   * Tells the client whether the connection goes on; called as the head is written.
   *
   * @param keepAlive what Keep-Alive says of a connection that does
   */
  public void announce(CharSequence keepAlive) {
    if (connection.multiplexed()) {
      // RFC 9113 section 8.2.2: these headers are not for HTTP/2, which says GOAWAY instead.
      return;
    }
    if (!bodyIsHarmless() || lengthUnknown()) {
      connection.closeAfterThis();
    }
    announce(response.headers(), connection.closing(), keepAlive);
  }

  static void announce(MultiMap headers, boolean closing, CharSequence keepAlive) {
    if (closing) {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    } else {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.KEEP_ALIVE);
      headers.set(KEEP_ALIVE_NAME, keepAlive);
    }
  }

  /** Whether what is left of the body can be read over while the next request waits behind it. */
  private boolean bodyIsHarmless() {
    if (declared == 0 || request.isEnded()) {
      return true;
    }
    boolean announced = request.headers().contains(HttpHeaders.EXPECT);
    return declared > 0 && declared <= SMALL_BODY && !announced && !connection.closing();
  }

  /** Whether only the end of the connection can tell an HTTP/1.0 client where the body ends. */
  private boolean lengthUnknown() {
    return request.version() == HttpVersion.HTTP_1_0
        && !response.headers().contains(HttpHeaders.CONTENT_LENGTH)
        && !request.method().equals(HttpMethod.HEAD);
  }

  /** Ends half a response so that the client sees that it is not whole. */
  public void breakOff() {
    if (connection.multiplexed()) {
      response.reset(INTERNAL_ERROR);
    } else {
      connection.http().close();
    }
  }

  /**
   * The response has ended: the connection does too, or goes on.
   *
   * @param delivered completes when the response has left
   * @param broken whether no more of the body can be read
   */
  public void settle(Future<Void> delivered, boolean broken) {
    if (request.isEnded()) {
      if (!connection.multiplexed() && connection.closing()) {
        connection.http().close();
      }
    } else if (connection.multiplexed()) {
      if (declared > 0) {
        discard();
      }
      // Not at once: the end of a request without a body is about to be seen.
      delivered.onSuccess(_ -> vertx.runOnContext(_ -> endStream()));
    } else if (!connection.closing()) {
      if (declared != 0) {
        // The next request waits behind the rest, which is known to be short.
        discard();
      }
    } else if (declared == 0 || broken) {
      connection.http().close();
    } else {
      linger();
    }
  }

  /**
   * RFC 9113 section 8.1: the client need not send the rest of its body, and is told so when it has
   * the response. Told earlier, it would lose what waits for its flow-control window.
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
   * Reads over what the client still sends before closing: closing at once would reset the
   * connection and could destroy the response on its way (RFC 9112 section 9.6).
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
