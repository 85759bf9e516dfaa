package dev.signalbox.testsupport;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A span as a {@link FakeCollector} received it.
 *
 * @param service name of the service it is of
 * @param resource all that is said of the service
 * @param name its name
 * @param kind {@code SERVER} or {@code CLIENT}
 * @param traceId in hex
 * @param spanId in hex
 * @param parentId in hex; empty for the first of a trace
 * @param traceState what others have added to the trace; empty for nothing
 * @param attributes what is said of it, values as text
 * @param events names of what happened meanwhile
 * @param error whether it failed
 */
public record CollectedSpan(
    String service,
    Map<String, String> resource,
    String name,
    String kind,
    String traceId,
    String spanId,
    String parentId,
    String traceState,
    Map<String, String> attributes,
    List<String> events,
    boolean error) {

  static CollectedSpan of(Resource resource, Span span) {
    HexFormat hex = HexFormat.of();
    Map<String, String> of = texts(resource.getAttributesList());
    return new CollectedSpan(
        of.getOrDefault("service.name", ""),
        of,
        span.getName(),
        span.getKind().name().replace("SPAN_KIND_", ""),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getTraceState(),
        texts(span.getAttributesList()),
        span.getEventsList().stream().map(Span.Event::getName).toList(),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR);
  }

  private static Map<String, String> texts(List<KeyValue> attributes) {
    Map<String, String> texts = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      AnyValue value = attribute.getValue();
      texts.put(
          attribute.getKey(),
          value.hasIntValue() ? Long.toString(value.getIntValue()) : value.getStringValue());
    }
    return texts;
  }
}
