package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.limit.MemoryBudget;
import dev.signalbox.gateway.routing.BodyRule;
import dev.signalbox.gateway.routing.BodyTimeout;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;

/**
 * Reads the body as the route's rule says: whole, within the memory that all bodies may take, and
 * decoded; or not at all. vertx-web's own body handler knows a limit for each body, but not for all
 * of them together, and keeps what it reads before anyone can refuse it.
 */
public final class RequestBodyHandler implements Handler<RoutingContext> {

  /** What a value of JSON may take beyond its text: an object, its entry and its reference. */
  private static final int BYTES_PER_VALUE = 48;

  /** What takes longer to count than an event loop should be kept. */
  private static final int LARGE = 131_072;

  private final Settings settings;
  private final MemoryBudget budget;

  /**
   * How bodies are read.
   *
   * @param maxBytes largest body read whole where the route has no limit of its own
   * @param timeout how long a body may keep us waiting, apart from its bytes
   * @param minBytesPerSecond it must come at least this fast beyond that
   * @param pause how long the sender of an endless body may be silent
   */
  public record Settings(int maxBytes, Duration timeout, int minBytesPerSecond, Duration pause) {}

  /**
   * A handler.
   *
   * @param budget what the process may hold of bodies
   */
  public RequestBodyHandler(Settings settings, MemoryBudget budget) {
    this.settings = settings;
    this.budget = budget;
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    switch (scope.rules().body()) {
      case BodyRule.Ignored _ -> ctx.next();
      case BodyRule.Whole(int limit) ->
          readWhole(ctx, scope, limit == 0 ? settings.maxBytes : limit);
      case BodyRule.Streamed(long limit) ->
          open(ctx, scope, limit, BodyTimeout.atRate(settings.timeout, settings.minBytesPerSecond));
      case BodyRule.Endless _ ->
          open(ctx, scope, Long.MAX_VALUE, BodyTimeout.withPauses(settings.pause));
    }
  }

  private void open(RoutingContext ctx, RequestScope scope, long limit, BodyTimeout timeout) {
    if (ContentDecoder.of(ctx.request()) != ContentDecoder.IDENTITY) {
      ctx.fail(
          HttpException.unsupported("A Content-Encoding is not taken here")
              .with("Accept-Encoding", "identity"));
    } else if (scope.declaredBytes() > limit) {
      ctx.fail(tooLarge(limit));
    } else {
      // The handler may have to ask somebody before its first read; what comes until then would be
      // lost.
      ctx.request().pause();
      scope.open(ctx, limit, timeout, budget);
      ctx.next();
    }
  }

  private void readWhole(RoutingContext ctx, RequestScope scope, int limit) {
    if (scope.declaredBytes() == 0) {
      ctx.next();
      return;
    }
    ContentDecoder decoder = ContentDecoder.of(ctx.request());
    if (decoder == ContentDecoder.UNKNOWN) {
      ctx.fail(
          HttpException.unsupported("The Content-Encoding must be gzip or zstd")
              .with("Accept-Encoding", "gzip, zstd"));
    } else if (scope.declaredBytes() > limit) {
      ctx.fail(tooLarge(limit));
    } else {
      scope
          .open(
              ctx, limit, BodyTimeout.atRate(settings.timeout, settings.minBytesPerSecond), budget)
          .whole()
          .compose(body -> decoded(ctx, scope, decoder, body, limit))
          .compose(body -> counted(ctx, scope, body))
          .onComplete(read -> {
            if (read.failed()) {
              ctx.fail(read.cause());
            } else {
              scope.body(read.result());
              ctx.next();
            }
          });
    }
  }

  /** Counts what the body may take when it is parsed, before it is. */
  private Future<Buffer> counted(RoutingContext ctx, RequestScope scope, Buffer body) {
    Future<Long> parsed =
        body.length() > LARGE
            ? ctx.vertx()
                .executeBlocking(() -> parsedBytes(body), false)
                .map(Objects::requireNonNull)
            : Future.succeededFuture(parsedBytes(body));
    return parsed.map(bytes -> {
      if (bytes > budget.limit()) {
        throw HttpException.tooLarge("The body has more values than can be parsed");
      }
      if (!hold(scope, bytes)) {
        throw HttpException.overloaded(FULL);
      }
      return body;
    });
  }

  private static final String FULL = "The bodies of all requests take too much memory";

  private Future<Buffer> decoded(
      RoutingContext ctx, RequestScope scope, ContentDecoder decoder, Buffer body, int limit) {
    if (decoder == ContentDecoder.IDENTITY) {
      return Future.succeededFuture(body);
    }
    if (!hold(scope, Math.min(limit, decoder.largestFactor() * body.length()))) {
      return Future.failedFuture(HttpException.overloaded(FULL));
    }
    return ctx.vertx()
        .executeBlocking(() -> decoder.decode(body, limit), false)
        .map(Objects::requireNonNull);
  }

  /** Takes memory for as long as the request lasts, if there is so much. */
  private boolean hold(RequestScope scope, long bytes) {
    if (!budget.tryAcquire(bytes)) {
      return false;
    }
    scope.onEnd(() -> budget.release(bytes));
    return true;
  }

  /**
   * What a body may take when it is parsed, beyond its text. Counted before it is: an array of
   * empty arrays takes many times its length.
   */
  static long parsedBytes(Buffer body) {
    long values = 0;
    int length = body.length();
    for (int i = 0; i < length; i++) {
      switch (body.getByte(i)) {
        case ',', '[', '{', ':' -> values++;
        default -> {
          // Text and numbers are counted by their length already.
        }
      }
    }
    return values * BYTES_PER_VALUE;
  }

  private static HttpException tooLarge(long limit) {
    return HttpException.tooLarge("The body is larger than " + limit + " bytes");
  }
}
