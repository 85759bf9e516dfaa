package dev.signalbox.gateway.door;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What becomes of the connection once a request is answered. Belongs to one event loop. */
final class Aftermath {

  private static final long LINGER_MS = 2_000;
  private static final long SMALL_BODY = 65_536;
  // RFC 9113 section 7.
  private static final long NO_ERROR = 0;
  private static final long INTERNAL_ERROR = 2;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Connection connection;
  private final long declared;

  Aftermath(Vertx vertx, HttpServerRequest request, Connection connection, long declared) {
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

  /** Says whether the connection goes on; called as the head is written, whoever writes it. */
  void announce(ResponseHeaders headers) {
    if (connection.multiplexed()) {
      // RFC 9113 section 8.2.2: these headers are not for HTTP/2, which says GOAWAY instead.
      return;
    }
    if (!bodyIsHarmless() || lengthUnknown()) {
      connection.closeAfterThis();
    }
    headers.connection(response.headers(), connection.closing());
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

  /** Ends half an answer so that the client sees that it is not whole. */
  void breakOff() {
    if (connection.multiplexed()) {
      response.reset(INTERNAL_ERROR);
    } else {
      connection.http().close();
    }
  }

  /**
   * Ends or goes on.
   *
   * @param reader what somebody reads the body with, or has begun to and left the rest
   */
  void settle(@Nullable BodyReader reader) {
    if (connection.multiplexed()) {
      if (!request.isEnded()) {
        // RFC 9113 section 8.1: the client need not send the rest.
        response.reset(NO_ERROR);
      }
    } else if (connection.closing()) {
      // What breaks off is closed without us, but not before the answer has left if we do it.
      if (declared == 0 || request.isEnded() || (reader != null && reader.brokenOff())) {
        connection.http().close();
      } else {
        linger();
      }
    } else if (reader != null && !request.isEnded()) {
      // Nobody reads on; the next request waits behind the rest, which is known to be short.
      discard();
      request.resume();
    }
  }

  /**
   * Reads over what the client still sends before closing: closing at once would reset the
   * connection and could destroy the answer on its way (RFC 9112 section 9.6).
   */
  private void linger() {
    discard();
    request.endHandler(_ -> connection.http().close());
    request.resume();
    vertx.setTimer(LINGER_MS, _ -> connection.http().close());
  }

  private void discard() {
    request.handler(_ -> {});
    request.exceptionHandler(_ -> {});
  }
}
