package dev.signalbox.gateway.route;

import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.platform.bus.Cancellation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request and its answer, as a handler sees them. Belongs to one event loop. */
public interface Exchange {

  /** The request. Its body is read through {@link #body()} or {@link #stream()} only. */
  HttpServerRequest request();

  /**
   * The response, for handlers that write it themselves and answer {@link Answer#SENT}. Headers of
   * every answer are set already.
   */
  HttpServerResponse response();

  /** The route found. */
  Route route();

  /** Raw text of the template's parameters. */
  List<String> rawParameters();

  /** The whole body, for routes with {@link BodyRule.Whole}; otherwise empty. */
  Buffer body();

  /** The body to pull, for routes with {@link BodyRule.Streamed}. */
  BodyStream stream();

  /** The request's id: the client's if well-formed, else ours. */
  String requestId();

  /** W3C trace parent for what is done for the request; null when it is not traced. */
  @Nullable String traceParent();

  /** Requested when the client leaves before its answer: for calls that are to end with it. */
  Cancellation cancellation();

  /** Name of the door the request came through. */
  String door();

  /** Ends an answer that has begun and cannot be finished, so that the client sees it. */
  void breakOff();

  /** Closes the connection after this answer; before the response's head is written. */
  void closeAfter();

  /** Path as in the request line, not decoded, without the query. */
  default String path() {
    String path = request().path();
    return path == null || path.isEmpty() ? "/" : path;
  }

  /** A request header. */
  default @Nullable String header(CharSequence name) {
    return request().headers().get(name);
  }

  /**
   * A template parameter, decoded as UTF-8.
   *
   * @param index in the order of the template, from 0
   */
  default String parameter(int index) {
    return decode(rawParameters().get(index));
  }

  /**
   * Text with its percent-escapes decoded.
   *
   * @throws HttpFault 400 unless well-formed UTF-8 without control characters
   */
  static String decode(String raw) {
    String decoded;
    try {
      // The form decoder turns plus into a blank, which a path does not mean.
      decoded = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
      decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(decoded.getBytes(StandardCharsets.ISO_8859_1)))
              .toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw HttpFault.malformed("The path is not well-formed percent-encoded UTF-8");
    }
    for (int i = 0; i < decoded.length(); i++) {
      if (Character.isISOControl(decoded.charAt(i))) {
        throw HttpFault.malformed("The path has a control character");
      }
    }
    return decoded;
  }
}
