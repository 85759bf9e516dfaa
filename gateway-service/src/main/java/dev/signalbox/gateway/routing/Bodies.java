package dev.signalbox.gateway.routing;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Function;

/** Reading of bodies that may be large. */
public final class Bodies {

  /** What takes longer to parse than an event loop should be kept. */
  private static final int LARGE = 131_072;

  private Bodies() {}

  /**
   * What a parser makes of the body of a request: at once, or off the event loop when it is large.
   *
   * @param parser needs nothing of the event loop; what it throws is what the future fails with
   */
  public static <T> Future<T> parse(RoutingContext ctx, Function<byte[], T> parser) {
    byte[] body = RequestScope.of(ctx).body().getBytes();
    if (body.length > LARGE) {
      return ctx.vertx()
          .executeBlocking(() -> parser.apply(body), false)
          .map(Objects::requireNonNull);
    }
    try {
      return Future.succeededFuture(parser.apply(body));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
