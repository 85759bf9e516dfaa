package dev.signalbox.platform.diagnostic;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the meters of a process say, by the thresholds of the alerts in {@code monitoring/rules}: a
 * finding and an alert of one name look at the same meter.
 */
public final class MeterChecks {

  private static final double MOST_WAITING = 1_000;
  private static final double FULL_HEAP = 0.9;
  private static final double MOST_FILES = 0.8;
  private static final double LEAST_DISK = 0.1;
  private static final double PERCENT = 100;
  private static final double MIB = 1 << 20;

  /** The service of what the gateway measures. */
  static final String GATEWAY = "gateway-service";

  private final MeterRegistry registry;

  private MeterChecks(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Registers the checks of a process. */
  public static void register(Diagnostics diagnostics, MeterRegistry registry) {
    register(diagnostics, registry, System::nanoTime);
  }

  static void register(Diagnostics diagnostics, MeterRegistry registry, LongSupplier nanos) {
    MeterChecks checks = new MeterChecks(registry);
    diagnostics.register(null, "databases", checks::storage);
    diagnostics.register(null, "queues of writes", checks::writesWaiting);
    diagnostics.register(null, "messages.log", checks::messagesLog);
    diagnostics.register(null, "members", checks::members);
    diagnostics.register(GATEWAY, "requests that wait", checks::queue);
    diagnostics.register(null, "the heap", checks::heap);
    diagnostics.register(null, "open files", checks::files);
    diagnostics.register(null, "the disk", checks::disk);
    GrowthChecks.register(diagnostics, registry, nanos);
  }

  private List<Symptom> storage() {
    List<Symptom> found = new ArrayList<>();
    for (Gauge gauge : gauges("signalbox.storage.available")) {
      if (gauge.value() == 0) {
        String service = service(gauge);
        found.add(
            new Symptom(
                FindingCode.STORAGE,
                service,
                "",
                "The last read or the last write of "
                    + service
                    + " found that its database cannot be reached or has no room; the log has the"
                    + " error."));
      }
    }
    return found;
  }

  private List<Symptom> writesWaiting() {
    List<Symptom> found = new ArrayList<>();
    for (Gauge gauge : gauges("signalbox.storage.writes.waiting")) {
      if (gauge.value() > MOST_WAITING) {
        found.add(
            new Symptom(
                FindingCode.WRITES_WAITING,
                service(gauge),
                "",
                String.format(
                    Locale.ROOT,
                    "%.0f writes wait for the next transaction, more than %.0f.",
                    gauge.value(),
                    MOST_WAITING)));
      }
    }
    return found;
  }

  private List<Symptom> messagesLog() {
    double lag = sum(gauges("signalbox.messages.log.lag"));
    return lag > 0
        ? List.of(
            new Symptom(
                FindingCode.MESSAGES_LOG,
                "code-service",
                "",
                String.format(
                    Locale.ROOT,
                    "%.0f messages are in the database and not in messages.log.",
                    lag)))
        : List.of();
  }

  private List<Symptom> members() {
    double unreachable = sum(gauges("signalbox.members.unreachable"));
    return unreachable > 0
        ? List.of(
            Symptom.of(
                FindingCode.MEMBER,
                String.format(
                    Locale.ROOT,
                    "%.0f other members of the cluster do not answer, %.0f do.",
                    unreachable,
                    sum(gauges("signalbox.members.present")))))
        : List.of();
  }

  private List<Symptom> queue() {
    double waiting = sum(gauges("signalbox.gateway.waiting"));
    return waiting > 0
        ? List.of(
            Symptom.of(
                FindingCode.QUEUE,
                String.format(
                    Locale.ROOT,
                    "%.0f requests wait, because all of gateway.max-in-flight is taken.",
                    waiting)))
        : List.of();
  }

  /** What a full collection left, as the alert; a heap is full of garbage most of the time. */
  private List<Symptom> heap() {
    double live = sum(gauges("jvm.gc.live.data.size"));
    double most = sum(gauges("jvm.gc.max.data.size"));
    return most > 0 && live / most > FULL_HEAP
        ? List.of(
            Symptom.of(
                FindingCode.MEMORY,
                String.format(
                    Locale.ROOT,
                    "%.0f of %.0f MiB of the heap were in use after the last full collection.",
                    live / MIB,
                    most / MIB)))
        : List.of();
  }

  private List<Symptom> files() {
    double open = sum(gauges("process.files.open"));
    double most = sum(gauges("process.files.max"));
    return most > 0 && open / most > MOST_FILES
        ? List.of(
            Symptom.of(
                FindingCode.FILES,
                String.format(Locale.ROOT, "%.0f of %.0f files are open.", open, most)))
        : List.of();
  }

  private List<Symptom> disk() {
    List<Symptom> found = new ArrayList<>();
    double free = sum(gauges("disk.free"));
    double total = sum(gauges("disk.total"));
    if (total > 0 && free / total < LEAST_DISK) {
      found.add(
          Symptom.of(
              FindingCode.DISK,
              String.format(
                  Locale.ROOT,
                  "%.0f of %.0f MiB are free on the disk of the data directory, %.1f %%.",
                  free / MIB,
                  total / MIB,
                  free / total * PERCENT)));
    }
    return found;
  }

  private Collection<Gauge> gauges(String name) {
    return registry.find(name).gauges();
  }

  private static double sum(Collection<Gauge> gauges) {
    return gauges.stream().mapToDouble(Gauge::value).filter(Double::isFinite).sum();
  }

  private static @Nullable String service(Gauge meter) {
    return meter.getId().getTag("service");
  }
}
