package dev.signalbox.platform.diagnostic;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the counters and timers of a process say of its last minutes, by the thresholds of the
 * alerts in {@code monitoring/rules}.
 */
final class GrowthChecks {

  private static final double SLOW_COMMIT_MS = 500;

  /** The first one of an empty database writes much at once. */
  private static final double FEWEST_COMMITS = 3;

  private static final double ERROR_SHARE = 0.01;
  private static final double FEWEST_ERRORS = 5;
  private static final double COLLECTOR_SHARE = 0.1;
  private static final double PERCENT = 100;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIVE = Duration.ofMinutes(5);
  private static final Duration TEN = Duration.ofMinutes(10);
  private static final Duration FIFTEEN = Duration.ofMinutes(15);

  private final MeterRegistry registry;
  private final LongSupplier nanos;

  private GrowthChecks(MeterRegistry registry, LongSupplier nanos) {
    this.registry = registry;
    this.nanos = nanos;
  }

  static void register(Diagnostics diagnostics, MeterRegistry registry, LongSupplier nanos) {
    GrowthChecks checks = new GrowthChecks(registry, nanos);
    diagnostics.register(null, "commits", checks.commits());
    diagnostics.register(null, "refused requests", checks.refused());
    diagnostics.register(null, "failed requests", checks.failed());
    diagnostics.register(MeterChecks.GATEWAY, "responses", checks.responses());
    diagnostics.register(MeterChecks.GATEWAY, "slow clients", checks.slowClients());
    diagnostics.register(MeterChecks.GATEWAY, "the audit log", checks.auditLog());
    diagnostics.register(null, "spans", checks.traces());
    diagnostics.register(null, "collections", checks.collector());
  }

  private DiagnosticCheck commits() {
    Growth counts = new Growth(MINUTE, nanos);
    Growth times = new Growth(MINUTE, nanos);
    return () -> {
      List<Symptom> found = new ArrayList<>();
      for (Timer timer : registry.find("signalbox.storage.commit").timers()) {
        double count = counts.of(timer.getId(), (double) timer.count());
        double time = times.of(timer.getId(), timer.totalTime(TimeUnit.MILLISECONDS));
        if (count >= FEWEST_COMMITS && time / count > SLOW_COMMIT_MS) {
          found.add(
              new Symptom(
                  FindingCode.SLOW_COMMITS,
                  service(timer),
                  "",
                  String.format(
                      Locale.ROOT,
                      "%.0f commits of the last minute took %.0f ms each on average, more than"
                          + " %.0f ms.",
                      count,
                      time / count,
                      SLOW_COMMIT_MS)));
        }
      }
      return found;
    };
  }

  private DiagnosticCheck refused() {
    Growth growth = new Growth(FIVE, nanos);
    return () -> {
      List<Symptom> found = new ArrayList<>();
      for (Counter counter : registry.find("signalbox.operation.refused").counters()) {
        double more = growth.of(counter.getId(), counter.count());
        if (more > 0) {
          found.add(
              of(
                  FindingCode.OVERLOADED,
                  counter,
                  String.format(
                          Locale.ROOT, "%.0f calls of %s were refused", more, operation(counter))
                      + " within the last 5 minutes, because too many were in flight."));
        }
      }
      return found;
    };
  }

  private DiagnosticCheck failed() {
    Growth statements = new Growth(FIVE, nanos);
    Growth defects = new Growth(FIFTEEN, nanos);
    return () -> {
      List<Symptom> found = new ArrayList<>();
      for (Counter counter : registry.find("signalbox.operation.failed").counters()) {
        String code = String.valueOf(counter.getId().getTag("code"));
        if (code.equals("STORAGE")) {
          double more = statements.of(counter.getId(), counter.count());
          if (more > 0) {
            found.add(
                of(
                    FindingCode.STATEMENTS,
                    counter,
                    String.format(Locale.ROOT, "%.0f calls of %s failed", more, operation(counter))
                        + " within the last 5 minutes, because the database refused a"
                        + " statement."));
          }
        } else if (code.equals("INTERNAL")) {
          double more = defects.of(counter.getId(), counter.count());
          if (more > 0) {
            found.add(
                of(
                    FindingCode.DEFECT,
                    counter,
                    String.format(Locale.ROOT, "%.0f calls of %s failed", more, operation(counter))
                        + " by a defect within the last 15 minutes."));
          }
        }
      }
      return found;
    };
  }

  private DiagnosticCheck responses() {
    Growth all = new Growth(FIVE, nanos);
    Growth errors = new Growth(FIVE, nanos);
    return () -> {
      long count = 0;
      long bad = 0;
      for (Timer timer : registry.find("signalbox.gateway.requests").timers()) {
        count += timer.count();
        bad += "5xx".equals(timer.getId().getTag("status")) ? timer.count() : 0;
      }
      double responses = all.of("all", (double) count);
      double failed = errors.of("5xx", (double) bad);
      return failed >= FEWEST_ERRORS && failed / responses > ERROR_SHARE
          ? List.of(
              Symptom.of(
                  FindingCode.ERRORS,
                  String.format(
                      Locale.ROOT,
                      "%.0f of the %.0f responses of the last 5 minutes have a status of 500 or"
                          + " above.",
                      failed,
                      responses)))
          : List.of();
    };
  }

  private DiagnosticCheck slowClients() {
    Growth growth = new Growth(TEN, nanos);
    return () -> {
      double more =
          growth.of("own", functions("signalbox.gateway.unread.refused"))
              + growth.of("proxied", functions("signalbox.gateway.proxied.unread.refused"));
      return more > 0
          ? List.of(
              Symptom.of(
                  FindingCode.SLOW_CLIENTS,
                  String.format(
                      Locale.ROOT,
                      "%.0f responses were refused within the last 10 minutes, because clients do"
                          + " not read theirs.",
                      more)))
          : List.of();
    };
  }

  private DiagnosticCheck auditLog() {
    Growth growth = new Growth(TEN, nanos);
    return () -> {
      double more = growth.of("lost", counters("signalbox.gateway.audit.lost"));
      return more > 0
          ? List.of(
              Symptom.of(
                  FindingCode.AUDIT_LOG,
                  String.format(
                      Locale.ROOT, "%.0f lines were lost within the last 10 minutes.", more)))
          : List.of();
    };
  }

  private DiagnosticCheck traces() {
    Growth growth = new Growth(FIFTEEN, nanos);
    return () -> {
      double more = growth.of("dropped", counters("signalbox.trace.spans.dropped"));
      return more > 0
          ? List.of(
              Symptom.of(
                  FindingCode.TRACES,
                  String.format(
                      Locale.ROOT, "%.0f spans were dropped within the last 15 minutes.", more)))
          : List.of();
    };
  }

  private DiagnosticCheck collector() {
    Growth growth = new Growth(FIVE, nanos);
    return () -> {
      double pauses = 0;
      for (Timer timer : registry.find("jvm.gc.pause").timers()) {
        pauses += growth.of(timer.getId(), timer.totalTime(TimeUnit.SECONDS));
      }
      double share = pauses / FIVE.toSeconds();
      return share > COLLECTOR_SHARE
          ? List.of(
              Symptom.of(
                  FindingCode.COLLECTOR,
                  String.format(
                      Locale.ROOT,
                      "Pauses of the collector took %.0f s of the last 5 minutes, %.0f %%.",
                      pauses,
                      share * PERCENT)))
          : List.of();
    };
  }

  private double counters(String name) {
    return registry.find(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  private double functions(String name) {
    return registry.find(name).functionCounters().stream()
        .mapToDouble(FunctionCounter::count)
        .sum();
  }

  private static @Nullable String service(Meter meter) {
    return meter.getId().getTag("service");
  }

  private static String operation(Meter meter) {
    return String.valueOf(meter.getId().getTag("operation"));
  }

  private static Symptom of(FindingCode code, Meter meter, String detail) {
    return new Symptom(code, service(meter), operation(meter), detail);
  }
}
