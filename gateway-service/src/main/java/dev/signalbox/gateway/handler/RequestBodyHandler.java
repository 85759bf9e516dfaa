package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.RequestBody;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.RouteRules.BodyRule;
import dev.signalbox.platform.limit.MemoryBudget;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;

/**
 * Reads the body by the route's rule: whole and decoded, within the memory budget of all bodies; or
 * not at all. vertx-web's body handler limits each body but not their sum, and stores what it reads
 * before a later handler can refuse it.
 */
public final class RequestBodyHandler implements Handler<RoutingContext> {

  /** Heap of a JSON value beyond its text: an object, its entry and its reference. */
  private static final String OCTETS = "application/octet-stream";

  private static final int BYTES_PER_VALUE = 48;

  private static final String FULL = "The bodies of all requests take too much memory";

  private final Settings settings;
  private final MemoryBudget budget;

  /**
   * How bodies are read.
   *
   * @param maxBytes largest body read whole, unless the route has its own limit
   * @param timeout allowance for waiting for the client
   * @param minBytesPerSecond minimum rate beyond that
   * @param pause longest pause of an endless body
   */
  public record Settings(int maxBytes, Duration timeout, int minBytesPerSecond, Duration pause) {}

  /** Holds bodies within a budget for all requests. */
  public RequestBodyHandler(Settings settings, MemoryBudget budget) {
    this.settings = settings;
    this.budget = budget;
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = RequestScope.of(ctx);
    switch (scope.rules().body()) {
      case BodyRule.Ignored _ -> ctx.next();
      case BodyRule.Whole(int limit, boolean _) -> {
        boolean kept =
            isBytes(ctx, scope) && ContentDecoder.of(ctx.request()) == ContentDecoder.ZSTD;
        readWhole(ctx, scope, limit == 0 ? settings.maxBytes : limit, !kept);
      }
      case BodyRule.Streamed(long limit) -> open(ctx, scope, limit, atRate());
      case BodyRule.Endless _ ->
          open(ctx, scope, Long.MAX_VALUE, RequestBody.Timeout.withPauses(settings.pause));
      case BodyRule.PassedOn _ -> {
        if (scope.declaredBytes() != 0) {
          scope.open(ctx, Long.MAX_VALUE, atRate(), budget).pause();
        }
        ctx.next();
      }
    }
  }

  private RequestBody.Timeout atRate() {
    return RequestBody.Timeout.atRate(settings.timeout, settings.minBytesPerSecond);
  }

  private void open(
      RoutingContext ctx, RequestScope scope, long limit, RequestBody.Timeout timeout) {
    if (ContentDecoder.of(ctx.request()) != ContentDecoder.IDENTITY) {
      ctx.fail(
          HttpException.unsupported("This call does not accept a Content-Encoding")
              .with("Accept-Encoding", "identity"));
    } else if (scope.declaredBytes() > limit) {
      ctx.fail(tooLarge(limit));
    } else {
      // Bytes that arrive before the handler's first read would be lost.
      scope.open(ctx, limit, timeout, budget).pause();
      ctx.next();
    }
  }

  private void readWhole(RoutingContext ctx, RequestScope scope, int limit, boolean decodes) {
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
          .open(ctx, limit, atRate(), budget)
          .whole()
          .onComplete(
              body -> {
                if (decoder == ContentDecoder.IDENTITY || !decodes) {
                  acceptBody(ctx, scope, body);
                } else {
                  decode(ctx, scope, decoder, body, limit);
                }
              },
              ctx::fail);
    }
  }

  private void decode(
      RoutingContext ctx, RequestScope scope, ContentDecoder decoder, Buffer body, int limit) {
    if (!acquire(scope, Math.min(limit, decoder.maxRatio() * body.length()))) {
      ctx.fail(HttpException.overloaded(FULL));
      return;
    }
    ctx.vertx()
        .executeBlocking(() -> decoder.decode(body, limit), false)
        .onComplete(decoded -> acceptBody(ctx, scope, Objects.requireNonNull(decoded)), ctx::fail);
  }

  /** Whether the body is bytes that are not parsed. */
  private static boolean isBytes(RoutingContext ctx, RequestScope scope) {
    return scope.rules().body() instanceof BodyRule.Whole(int _, boolean keepsZstd)
        && keepsZstd
        && OCTETS.equals(MediaTypes.essence(ctx));
  }

  /** Acquires memory for the parsed body, before it is parsed. */
  private void acceptBody(RoutingContext ctx, RequestScope scope, Buffer body) {
    if (isBytes(ctx, scope)) {
      scope.body(body);
      ctx.next();
    } else if (body.length() > Requests.LARGE) {
      ctx.vertx()
          .executeBlocking(() -> parsedBytes(body), false)
          .onComplete(
              bytes -> acceptBody(ctx, scope, body, Objects.requireNonNull(bytes)), ctx::fail);
    } else {
      acceptBody(ctx, scope, body, parsedBytes(body));
    }
  }

  private void acceptBody(RoutingContext ctx, RequestScope scope, Buffer body, long parsedBytes) {
    if (parsedBytes > budget.limit()) {
      ctx.fail(HttpException.tooLarge("The body has too many values"));
    } else if (acquire(scope, parsedBytes)) {
      scope.body(body);
      ctx.next();
    } else {
      ctx.fail(HttpException.overloaded(FULL));
    }
  }

  /** Acquires memory until the request ends; false when too little is left. */
  private boolean acquire(RequestScope scope, long bytes) {
    if (!budget.tryAcquire(bytes)) {
      return false;
    }
    scope.onEnd(() -> budget.release(bytes));
    return true;
  }

  /**
   * The heap of a parsed body beyond its text, estimated before it is parsed: an array of empty
   * arrays takes many times its length.
   */
  static long parsedBytes(Buffer body) {
    long values = 0;
    int length = body.length();
    for (int i = 0; i < length; i++) {
      switch (body.getByte(i)) {
        case ',', '[', '{', ':' -> values++;
        default -> {
          // The body's length covers text and numbers.
        }
      }
    }
    return values * BYTES_PER_VALUE;
  }

  private static HttpException tooLarge(long limit) {
    return HttpException.tooLarge("The body is larger than " + limit + " bytes");
  }
}
