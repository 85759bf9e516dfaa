package dev.signalbox.platform.trace;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Spans by OTLP over HTTP, those of all services of the process in one queue. */
final class OtlpTracing implements Tracing {

  // Held, because the JDK drops the level of a logger without references. The library logs every
  // failed attempt there; the processor logs the first.
  private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int MAX_TEXT = 1_024;

  private final Sampler sampler;
  private final CountingSpanProcessor processor;

  OtlpTracing(URI endpoint, double ratio, MeterRegistry metrics) {
    LIBRARY.setLevel(Level.OFF);
    this.sampler = Sampler.parentBased(Sampler.traceIdRatioBased(ratio));
    this.processor =
        new CountingSpanProcessor(
            OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.toString())
                .setConnectTimeout(CONNECT)
                .setTimeout(CountingSpanProcessor.SEND)
                .setRetryPolicy(null)
                .build(),
            endpoint,
            metrics);
  }

  @Override
  public Tracer tracer(String service, String node, String version) {
    Attributes resource =
        Attributes.of(
            AttributeKey.stringKey("service.name"), service,
            AttributeKey.stringKey("service.instance.id"), node,
            AttributeKey.stringKey("service.version"), version);
    return SdkTracerProvider.builder()
        .setResource(Resource.getDefault().merge(Resource.create(resource)))
        .setSampler(sampler)
        .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(MAX_TEXT).build())
        .addSpanProcessor(processor)
        .build()
        .get("dev.signalbox");
  }

  @Override
  public CompletableFuture<Void> stop() {
    return processor.stop();
  }
}
