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
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Responses in the conventions of {@code /api/v1}, and the handler that writes them. */
public final class Responses {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Responses() {}

  /**
   * A page of a list.
   *
   * @param items the page
   * @param next cursor of the next page; null on the last
   */
  public record Page<T>(List<T> items, @Nullable String next) {}

  /**
   * The handler of a route: writes the response of a future. It does what vertx-web's {@code
   * Route.respond} does, and besides compresses, and gives away no more at a time than the client
   * takes. What fails or throws goes to the failure handler.
   */
  public static Handler<RoutingContext> respond(
      Function<RoutingContext, Future<Response>> section) {
    return ctx -> {
      Future<Response> response;
      try {
        response = section.apply(ctx);
      } catch (Throwable e) {
        // Errors too: whatever it is, the client is not to wait for it.
        ctx.fail(e);
        return;
      }
      response.onComplete(result -> {
        if (result.succeeded()) {
          RequestScope.of(ctx).send(result.result());
        } else {
          ctx.fail(result.cause());
        }
      });
    };
  }

  /** A record, map or list as JSON. */
  public static Response json(int status, Object value) {
    return json(status, Buffer.buffer(Json.bytes(value)));
  }

  /** JSON that is written already. */
  public static Response json(int status, Buffer json) {
    return Response.of(status, JSON, json);
  }

  /** A page of a list. */
  public static <T> Response page(List<T> items, @Nullable String next) {
    return json(200, new Page<>(items, next));
  }

  /** A time as RFC 3339 in UTC with milliseconds. */
  public static String time(long epochMs) {
    return TIME.format(Instant.ofEpochMilli(epochMs));
  }
}
