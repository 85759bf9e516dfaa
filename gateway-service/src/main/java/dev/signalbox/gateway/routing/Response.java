package dev.signalbox.gateway.routing;

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
public record Response(
    int status,
    @Nullable CharSequence contentType,
    Buffer body,
    List<Map.Entry<String, String>> headers) {

  private static final Buffer NOTHING = Buffer.buffer();

  /**
   * The handler has ended, or is streaming, the response itself. It must have set status and
   * headers; those of every response (Date, Server, X-Request-Id, Connection) are there already.
   */
  public static final Response SENT = new Response(0, null, NOTHING, List.of());

  /** A body of a media type. */
  public static Response of(int status, CharSequence contentType, Buffer body) {
    return new Response(status, contentType, body, List.of());
  }

  /** No body. */
  public static Response empty(int status) {
    return new Response(status, null, NOTHING, List.of());
  }

  /** The same with one more header. The value must come from us or be checked: no CR, no LF. */
  public Response with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** The same with more headers. The values must come from us or be checked: no CR, no LF. */
  public Response with(Map<String, String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Map.Entry<String, String>> all = new ArrayList<>(headers);
    more.forEach((name, value) -> all.add(Map.entry(name, value)));
    return new Response(status, contentType, body, List.copyOf(all));
  }
}
