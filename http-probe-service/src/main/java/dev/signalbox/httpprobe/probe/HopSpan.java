package dev.signalbox.httpprobe.probe;

import dev.signalbox.httpprobe.exchange.HopRequest;
import dev.signalbox.httpprobe.phase.PhaseClock;
import dev.signalbox.httpprobe.url.Origin;
import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/**
 * The span of one hop of a probe, in OpenTelemetry's terms for HTTP clients. The query is left out,
 * which may hold what is private. Exists for a hop that is traced.
 */
final class HopSpan {

  private static final int CLIENT_ERROR = 400;

  private final Span span;
  private final @Nullable TraceContext below;

  private HopSpan(Span span, @Nullable TraceContext below) {
    this.span = span;
    this.below = below;
  }

  /**
   * Begins one.
   *
   * @param before hops of the probe before this one
   * @return null when it is not traced
   */
  static @Nullable HopSpan start(
      @Nullable TraceContext trace, HopRequest request, Place place, int before) {
    Span span = TraceContext.client(trace, request.method());
    if (span == null) {
      return null;
    }
    Origin origin = request.url().origin();
    span.setAttribute("http.request.method", request.method());
    span.setAttribute("server.address", origin.host());
    span.setAttribute("server.port", place.port());
    span.setAttribute("url.scheme", origin.scheme().text());
    span.setAttribute(
        "url.full", origin.scheme().text() + "://" + origin.authority() + request.url().path());
    if (before > 0) {
      span.setAttribute("http.request.resend_count", before);
    }
    return new HopSpan(span, TraceContext.below(trace, span));
  }

  /** What its phases are part of. */
  @Nullable TraceContext below() {
    return below;
  }

  /** An answer came. */
  void answered(Hop hop) {
    int status = hop.answer().status();
    span.setAttribute("http.response.status_code", status);
    span.setAttribute("network.peer.address", hop.address().getHostAddress());
    span.setAttribute("network.protocol.version", version(hop.answer().version()));
    span.setAttribute("signalbox.connection.reused", hop.reused());
    if (status >= CLIENT_ERROR) {
      Spans.fail(span, Integer.toString(status), true);
    } else {
      span.end();
    }
  }

  private static String version(String spoken) {
    return spoken.substring(spoken.indexOf('/') + 1);
  }

  /** None came. */
  void failed(Throwable why) {
    PhaseClock.fail(span, why);
  }
}
