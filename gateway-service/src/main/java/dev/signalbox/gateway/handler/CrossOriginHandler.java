package dev.signalbox.gateway.handler;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;

/**
 * Lets pages of configured origins use the API (CORS, WHATWG Fetch). Requests of other origins pass
 * without CORS headers; {@link OriginRule} decides about them.
 */
public final class CrossOriginHandler implements Handler<RoutingContext> {

  private final Set<String> origins;
  private final RequestRule preflights;
  private final CorsHandler cors;

  /** Allows pages of origins; {@code preflights} is checked before it answers one. */
  public CrossOriginHandler(List<String> origins, RequestRule preflights) {
    this.origins = Set.copyOf(origins);
    this.preflights = preflights;
    this.cors =
        CorsHandler.create()
            .addOrigins(origins)
            .allowedMethods(
                Set.of(
                    HttpMethod.GET,
                    HttpMethod.HEAD,
                    HttpMethod.POST,
                    HttpMethod.PUT,
                    HttpMethod.PATCH,
                    HttpMethod.DELETE))
            .allowedHeaders(
                Set.of(
                    "Authorization",
                    "Content-Type",
                    "Content-Encoding",
                    "Idempotency-Key",
                    "If-Match",
                    "If-None-Match",
                    "Lease-Token",
                    "Range",
                    "Tus-Resumable",
                    "Upload-Checksum",
                    "Upload-Concat",
                    "Upload-Defer-Length",
                    "Upload-Length",
                    "Upload-Metadata",
                    "Upload-Offset",
                    "X-HTTP-Method-Override",
                    "X-Request-Id"))
            .exposedHeaders(
                Set.of(
                    "ETag",
                    "Idempotency-Replayed",
                    "Location",
                    "RateLimit",
                    "RateLimit-Policy",
                    "Retry-After",
                    "Tus-Checksum-Algorithm",
                    "Tus-Extension",
                    "Tus-Max-Size",
                    "Tus-Resumable",
                    "Tus-Version",
                    "Upload-Concat",
                    "Upload-Defer-Length",
                    "Upload-Expires",
                    "Upload-Length",
                    "Upload-Metadata",
                    "Upload-Offset",
                    "X-Request-Id"))
            .maxAgeSeconds(600);
  }

  @Override
  public void handle(RoutingContext ctx) {
    String origin = ctx.request().headers().get(HttpHeaders.ORIGIN);
    if (origin != null && origins.contains(origin)) {
      if (ctx.request().method().equals(HttpMethod.OPTIONS)) {
        // vertx-web sets Vary on other requests only.
        ctx.response().headers().set(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        if (ctx.request().headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)) {
          preflights.check(ctx);
        }
      }
      cors.handle(ctx);
    } else {
      ctx.next();
    }
  }
}
