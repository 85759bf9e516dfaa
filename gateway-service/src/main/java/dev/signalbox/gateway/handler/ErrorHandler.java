package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.ClassicErrors;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.error.ErrorStatus;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.error.ProblemErrors;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.trace.TraceParent;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every failure into a response, in the words of the face it belongs to: that of its route if
 * one was found, else problem details below {@code /api/} and text elsewhere. A browser that asks
 * for a page gets one.
 */
public final class ErrorHandler implements Handler<RoutingContext> {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandler.class);

  private final RequestScopeHandler scopes;
  private final ErrorShape pages;

  /**
   * An error handler.
   *
   * @param scopes for requests that failed before they had one
   * @param pages errors as pages
   */
  public ErrorHandler(RequestScopeHandler scopes, ErrorShape pages) {
    this.scopes = scopes;
    this.pages = pages;
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = scopes.enter(ctx);
    HttpServerResponse response = ctx.response();
    if (response.ended()) {
      return; // A second failure of a request that is answered.
    }
    scope.failed();
    HttpException error =
        ctx.failure() == null && ctx.statusCode() == 404
            ? HttpException.notFound("There is nothing at this path")
            : ErrorStatus.of(ctx.failure(), ctx.statusCode());
    if (error.status() == 500 && !(ctx.failure() instanceof HttpException) && !response.closed()) {
      LOG.error(
          "{} {} [{}] failed",
          ctx.request().method(),
          ctx.request().path(),
          TraceParent.label(scope.requestId(), scope.traceParent()),
          ctx.failure());
    }
    if (error.status() == 408 || error.status() == 413 || error.status() == 503) {
      // The rest of the body is not waited for, however short it was said to be.
      closeIfBodyIsLeft(scope, ctx);
    }
    if (response.headWritten()) {
      // Half a response cannot be taken back: the client must see that it is not whole.
      scope.breakOff();
    } else {
      scope.send(shape(ctx, scope).render(error, scope.requestId()));
    }
  }

  /** The framework could not read the path or the query. */
  public void malformed(RoutingContext ctx) {
    RequestScope scope = scopes.enter(ctx);
    HttpException error = HttpException.malformed("The request target is not well-formed");
    scope.send(shape(ctx, scope).render(error, scope.requestId()));
  }

  private static void closeIfBodyIsLeft(RequestScope scope, RoutingContext ctx) {
    if (scope.declaredBytes() != 0 && !ctx.request().isEnded()) {
      scope.closeAfter();
    }
  }

  private ErrorShape shape(RoutingContext ctx, RequestScope scope) {
    ErrorShape errors = scope.errors();
    if (errors == null) {
      String path = ctx.request().path();
      errors =
          path != null && path.startsWith("/api/") ? ProblemErrors.PROBLEM : ClassicErrors.TEXT;
    }
    return wantsPage(ctx) ? pages : errors;
  }

  /** Whether a person looks at the response: a browser that opens an address asks for HTML. */
  private static boolean wantsPage(RoutingContext ctx) {
    String accept = ctx.request().headers().get(HttpHeaders.ACCEPT);
    HttpMethod method = ctx.request().method();
    return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
        && accept != null
        && accept.toLowerCase(Locale.ROOT).contains("text/html");
  }
}
