package dev.signalbox.platform.trace;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The tracers of a process, and where their spans go. */
public interface Tracing {

  /** Traces nothing. */
  Tracing OFF =
      new Tracing() {
        @Override
        public @Nullable Tracer tracer(String service, String node, String version) {
          return null;
        }

        @Override
        public CompletableFuture<Void> stop() {
          return CompletableFuture.completedFuture(null);
        }
      };

  /**
   * Sends spans to a collector.
   *
   * @param endpoint URL that takes spans by OTLP over HTTP, path and all
   * @param ratio share of the traces begun here that are kept, 0 to 1; of a trace begun elsewhere
   *     its beginning decides
   * @param metrics where dropped spans are counted
   */
  static Tracing to(URI endpoint, double ratio, MeterRegistry metrics) {
    return new OtlpTracing(endpoint, ratio, metrics);
  }

  /**
   * The tracer of an instance of a service; null when nothing is traced. OpenTelemetry has a tracer
   * that makes no spans, but its classes would be loaded at every start.
   *
   * @param service the service's name
   * @param node id of the instance
   * @param version the service's version
   */
  @Nullable Tracer tracer(String service, String node, String version);

  /** Sends what is left, within two seconds. Completes in any case. */
  CompletableFuture<Void> stop();
}
