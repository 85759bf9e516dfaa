package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.routing.MountedRoute;
import dev.signalbox.platform.trace.Span;
import dev.signalbox.platform.trace.Tracer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request as a span, in the terms that OpenTelemetry has for HTTP servers. The query is left out:
 * it may hold what is nobody else's business.
 */
final class RequestSpan {

  private static final String TRACE_PARENT = "traceparent";
  private static final int SERVER_FAULT = 500;

  private RequestSpan() {}

  static Span start(Tracer tracer, HttpServerRequest request, String requestId) {
    // The route is not known yet, and a method may be any word of the client's.
    Span span = tracer.start(Span.Kind.SERVER, "HTTP", request.headers().get(TRACE_PARENT));
    if (span.recording()) {
      span.attribute("signalbox.request.id", requestId);
    }
    return span;
  }

  static void end(
      Span span,
      HttpServerRequest request,
      @Nullable MountedRoute route,
      int status,
      boolean whole) {
    String method = request.method().name();
    if (route == null) {
      // A method without a route is kept out of the name, where any word would be a value.
      span.attribute("http.request.method", "_OTHER");
      span.attribute("http.request.method_original", method);
    } else {
      span.name(method + " " + route.template());
      span.attribute("http.request.method", method);
      span.attribute("http.route", route.template());
    }
    String path = request.path();
    span.attribute("url.path", path == null ? "/" : path);
    span.attribute("url.scheme", request.isSSL() ? "https" : "http");
    span.attribute(
        "network.protocol.version",
        switch (request.version()) {
          case HttpVersion.HTTP_1_0 -> "1.0";
          case HttpVersion.HTTP_1_1 -> "1.1";
          case HttpVersion.HTTP_2 -> "2";
        });
    HostAndPort authority = request.authority();
    if (authority != null) {
      span.attribute("server.address", authority.host());
      if (authority.port() > 0) {
        span.attribute("server.port", authority.port());
      }
    }
    SocketAddress peer = request.remoteAddress();
    if (peer != null && peer.hostAddress() != null) {
      span.attribute("client.address", peer.hostAddress());
    }
    if (!whole) {
      // As a client that leaves: no status has reached anybody.
      span.failed("client_left", false);
      return;
    }
    span.attribute("http.response.status_code", status);
    if (status >= SERVER_FAULT) {
      span.failed(Integer.toString(status), true);
    } else {
      span.ended();
    }
  }
}
