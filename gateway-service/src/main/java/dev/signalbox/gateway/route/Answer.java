package dev.signalbox.gateway.route;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers: whole, or {@link #SENT} when it has written the response itself.
 *
 * @param status HTTP status
 * @param contentType media type; null when there is no body
 * @param body the body; empty when there is none
 * @param headers further headers, in order
 */
public record Answer(
    int status,
    @Nullable CharSequence contentType,
    Buffer body,
    List<Map.Entry<String, String>> headers) {

  private static final Buffer NOTHING = Buffer.buffer();

  /**
   * The handler has ended, or is streaming, {@link Exchange#response()} itself. It must have set
   * status and headers on that response; those of every answer (Date, Server, X-Request-Id,
   * Connection) are there already.
   */
  public static final Answer SENT = new Answer(0, null, NOTHING, List.of());

  private static final CharSequence JSON =
      io.vertx.core.http.HttpHeaders.createOptimized("application/json");

  /** A body of a media type. */
  public static Answer of(int status, CharSequence contentType, Buffer body) {
    return new Answer(status, contentType, body, List.of());
  }

  /** A JSON body. */
  public static Answer json(int status, Buffer body) {
    return new Answer(status, JSON, body, List.of());
  }

  /** A JSON body written by hand. */
  public static Answer json(int status, String body) {
    return json(status, Buffer.buffer(body));
  }

  /** No body. */
  public static Answer empty(int status) {
    return new Answer(status, null, NOTHING, List.of());
  }

  /** The same with one more header. The value must come from us or be checked: no CR, no LF. */
  public Answer with(String name, String value) {
    var more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new Answer(status, contentType, body, List.copyOf(more));
  }
}
