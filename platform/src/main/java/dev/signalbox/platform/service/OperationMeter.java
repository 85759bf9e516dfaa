package dev.signalbox.platform.service;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts and times the requests of one operation at one instance. */
final class OperationMeter {

  private final MeterRegistry registry;
  private final String service;
  private final String operation;
  private final Timer timer;
  private final Counter refused;
  private final LongAdder inFlight;
  private final LongAdder failed;
  private final LatencyWindow latencies;

  OperationMeter(
      MeterRegistry registry,
      String service,
      String operation,
      LongAdder inFlight,
      LongAdder failed,
      LatencyWindow latencies) {
    this.registry = registry;
    this.service = service;
    this.operation = operation;
    this.inFlight = inFlight;
    this.failed = failed;
    this.latencies = latencies;
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
    inFlight.increment();
    return System.nanoTime();
  }

  void ended(long start, @Nullable Throwable failure) {
    long nanos = System.nanoTime() - start;
    inFlight.decrement();
    timer.record(nanos, TimeUnit.NANOSECONDS);
    latencies.record(nanos);
    if (failure != null) {
      failed.increment();
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
    failed.increment();
  }

  long handled() {
    return timer.count();
  }
}
