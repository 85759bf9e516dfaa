package dev.signalbox.platform.service;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.trace.Exemplars;
import dev.signalbox.platform.trace.TraceContext;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/** Counts and times the requests of one operation at one instance. */
final class OperationMeter {

  private final MeterRegistry registry;
  private final String service;
  private final String operation;
  private final Timer timer;
  private final Counter refused;
  private final ServiceLoad load;
  private final boolean traced;

  /**
   * A meter.
   *
   * @param traced whether the service traces; what a caller named is otherwise not looked at
   */
  OperationMeter(
      MeterRegistry registry, String service, String operation, ServiceLoad load, boolean traced) {
    this.traced = traced;
    this.registry = registry;
    this.service = service;
    this.operation = operation;
    this.load = load;
    this.timer =
        Timer.builder("signalbox.operation")
            .description("Time from taking a request to its reply or error")
            .tags("service", service, "operation", operation)
            .register(registry);
    this.refused =
        Counter.builder("signalbox.operation.refused")
            .description("Requests refused because too many were in flight; they are not timed")
            .tags("service", service, "operation", operation)
            .register(registry);
  }

  long started() {
    load.begin();
    return System.nanoTime();
  }

  void ended(long start, @Nullable Throwable failure, @Nullable TraceContext trace) {
    long nanos = System.nanoTime() - start;
    load.end(nanos, failure != null);
    Exemplars.record(timer, nanos, traced ? trace : null);
    if (failure != null) {
      ErrorCode code =
          failure instanceof ServiceException known ? known.code() : ErrorCode.INTERNAL;
      Counter.builder("signalbox.operation.failed")
          .description("Requests that ended in an error, by error code")
          .tags("service", service, "operation", operation, "code", code.name())
          .register(registry)
          .increment();
    }
  }

  void refused() {
    refused.increment();
    load.refused();
  }
}
