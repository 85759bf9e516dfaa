package dev.signalbox.dnsclient.resolver;

import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.Protocol;
import dev.signalbox.dnsclient.transport.Received;
import dev.signalbox.dnsclient.transport.TransportException;
import dev.signalbox.dnsclient.transport.Upstream;
import dev.signalbox.platform.trace.Spans;
import dev.signalbox.platform.trace.TraceContext;
import io.opentelemetry.api.trace.Span;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Rcode;

/**
 * The span of a query: one for each resolver that is asked by each protocol, repeats included.
 * Exists for a query that is traced.
 */
final class QuerySpan {

  private static final int RCODE_BYTE = 3;
  private static final int RCODE_BITS = 0x0F;

  private final Span span;

  private QuerySpan(Span span) {
    this.span = span;
  }

  /**
   * Begins one.
   *
   * @param number of the query among those of its question, from 1 on
   * @return null when it is not traced
   */
  static @Nullable QuerySpan start(LookupRequest request, Upstream upstream, int number) {
    Span span = TraceContext.client(request.trace(), "DNS query");
    if (span == null) {
      return null;
    }
    span.setAttribute("dns.question.name", request.question().name().toString());
    span.setAttribute("signalbox.dns.question.type", request.question().typeText());
    span.setAttribute("server.address", upstream.addressText());
    span.setAttribute("server.port", upstream.address().getPort());
    span.setAttribute("network.transport", upstream.protocol() == Protocol.UDP ? "udp" : "tcp");
    span.setAttribute(
        "signalbox.dns.protocol", upstream.protocol().name().toLowerCase(Locale.ROOT));
    span.setAttribute("signalbox.dns.query", number);
    return new QuerySpan(span);
  }

  /** A message came. Its code is read from its head alone, for it may be unreadable beyond. */
  void answered(Received received) {
    span.setAttribute("signalbox.dns.messages", received.attempts());
    byte[] wire = received.wire();
    if (wire.length > RCODE_BYTE) {
      span.setAttribute("signalbox.dns.response.code", Rcode.string(wire[RCODE_BYTE] & RCODE_BITS));
    }
    span.end();
  }

  /** None came, or nobody waits for it any more, which is no defect of the resolver. */
  void failed(Throwable cause) {
    if (cause instanceof TransportException failure) {
      span.setAttribute("signalbox.dns.messages", failure.attempts());
      Spans.fail(span, failure.fault().name(), failure.fault() != Fault.CANCELLED);
    } else {
      Spans.fail(span, "INTERNAL", true);
    }
  }
}
