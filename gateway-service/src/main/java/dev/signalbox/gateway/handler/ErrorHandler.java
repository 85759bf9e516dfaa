package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.ErrorStatus;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.platform.trace.TraceContext;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every failure into a response, in the error shape of its route; without a route, problem
 * details below {@code /api/} and text elsewhere. A client that accepts HTML gets a page.
 */
public final class ErrorHandler implements Handler<RoutingContext> {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorHandler.class);

  private final RequestScopeHandler scopes;
  private final ErrorShape pages;

  /**
   * Renders errors for browsers as {@code pages}; {@code scopes} is for requests that fail early.
   */
  public ErrorHandler(RequestScopeHandler scopes, ErrorShape pages) {
    this.scopes = scopes;
    this.pages = pages;
  }

  @Override
  public void handle(RoutingContext ctx) {
    RequestScope scope = scopes.scope(ctx);
    HttpServerResponse response = ctx.response();
    if (response.ended()) {
      return; // A second failure of an answered request.
    }
    scope.markFailed();
    HttpException error =
        ctx.failure() == null && ctx.statusCode() == 404
            ? HttpException.notFound("No route for this path")
            : ErrorStatus.of(ctx.failure(), ctx.statusCode());
    if (error.status() == 500 && !(ctx.failure() instanceof HttpException) && !response.closed()) {
      LOG.error(
          "{} {} [{}] failed",
          ctx.request().method(),
          ctx.request().path(),
          TraceContext.label(scope.requestId(), scope.trace()),
          ctx.failure());
    }
    if (error.status() == 408 || error.status() == 413 || error.status() == 503) {
      // Do not wait for the rest of the body, whatever its declared length.
      closeIfBodyIsLeft(scope, ctx);
    }
    if (response.headWritten()) {
      scope.abort();
    } else {
      scope.send(shape(ctx, scope).render(error, scope.requestId()));
    }
  }

  /** Answers a request whose path or query vertx-web cannot parse. */
  public void malformed(RoutingContext ctx) {
    RequestScope scope = scopes.scope(ctx);
    HttpException error = HttpException.malformed("The request target is not well-formed");
    scope.send(shape(ctx, scope).render(error, scope.requestId()));
  }

  private static void closeIfBodyIsLeft(RequestScope scope, RoutingContext ctx) {
    if (scope.declaredBytes() != 0 && !ctx.request().isEnded()) {
      scope.closeAfterResponse();
    }
  }

  private ErrorShape shape(RoutingContext ctx, RequestScope scope) {
    ErrorShape errors = scope.errors();
    if (errors == null) {
      String path = ctx.request().path();
      errors = path != null && path.startsWith("/api/") ? ErrorShapes.PROBLEM : ErrorShapes.TEXT;
    }
    return wantsPage(ctx) ? pages : errors;
  }

  /** Whether a browser navigates to the address: only then it accepts HTML by name. */
  private static boolean wantsPage(RoutingContext ctx) {
    HttpMethod method = ctx.request().method();
    return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
        && MediaTypes.accepts(ctx, "text/html");
  }
}
