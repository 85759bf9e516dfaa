package dev.signalbox.gateway.routing;

import dev.signalbox.platform.json.Json;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The response of a handler, or {@link #SENT} when the handler writes it itself.
 *
 * @param contentType media type; null without a body
 * @param body empty without a body
 * @param headers further headers, in order
 */
public record Response(
    int status,
    @Nullable CharSequence contentType,
    Buffer body,
    List<Map.Entry<String, String>> headers) {

  private static final Buffer NOTHING = Buffer.buffer();
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * Content-Security-Policy of a page that others wrote. It gives the page an opaque origin (HTML,
   * section 7.1.5): it runs, but cannot call the API with the credentials of its reader.
   */
  public static final CharSequence SANDBOX =
      HttpHeaders.createOptimized(
          "sandbox allow-scripts allow-forms allow-modals allow-popups allow-downloads");

  /**
   * The handler has ended, or is streaming, the response itself. It set status and headers, except
   * those of every response (Date, Server, X-Request-Id, Connection).
   */
  public static final Response SENT = new Response(0, null, NOTHING, List.of());

  /** A page of a list; {@code next} is the cursor of the next page, null on the last. */
  public record Page<T>(List<T> items, @Nullable String next) {}

  /**
   * The handler of a route: writes the response of a future; failures and exceptions go to the
   * failure handler. Unlike vertx-web's {@code Route.respond} it compresses, and it writes a large
   * response no faster than the client reads it.
   */
  public static Handler<RoutingContext> respond(
      Function<RoutingContext, Future<Response>> section) {
    return ctx -> {
      Future<Response> response;
      try {
        response = section.apply(ctx);
      } catch (Throwable e) {
        // Any throwable: the client must get a response.
        ctx.fail(e);
        return;
      }
      response.onComplete(answer -> RequestScope.of(ctx).send(answer), ctx::fail);
    };
  }

  /** Whether the handler writes the response itself. */
  boolean sent() {
    return status == 0;
  }

  public static Response of(int status, CharSequence contentType, Buffer body) {
    return new Response(status, contentType, body, List.of());
  }

  public static Response empty(int status) {
    return new Response(status, null, NOTHING, List.of());
  }

  /** A record, map or list as JSON. */
  public static Response json(int status, Object value) {
    return of(status, JSON, Buffer.buffer(Json.bytes(value)));
  }

  /** JSON that is serialized already. */
  public static Response json(int status, Buffer json) {
    return of(status, JSON, json);
  }

  public static <T> Response page(List<T> items, @Nullable String next) {
    return json(200, new Page<>(items, next));
  }

  /** A time as RFC 3339 in UTC with milliseconds. */
  public static String time(long epochMs) {
    return TIME.format(Instant.ofEpochMilli(epochMs));
  }

  /** The same with one more header; its value must not contain CR or LF. */
  public Response with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** The same with more headers; their values must not contain CR or LF. */
  public Response with(Map<String, String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<Map.Entry<String, String>> all = new ArrayList<>(headers);
    more.forEach((name, value) -> all.add(Map.entry(name, value)));
    return new Response(status, contentType, body, List.copyOf(all));
  }
}
