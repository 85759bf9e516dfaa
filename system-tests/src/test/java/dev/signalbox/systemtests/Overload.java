package dev.signalbox.systemtests;

import dev.signalbox.systemtests.Call.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Three times as many requests as a fleet can answer. They are probes of a page that takes its
 * time, with a limit of probes in flight: the capacity is that of the limit, since on a machine of
 * few cores clients that offered three times the capacity of processors would use these up.
 */
final class Overload {

  /** Name of the row. */
  static final String NAME = "overload";

  private static final Duration MEASURED = Duration.ofSeconds(6);
  private static final Duration OFFERED = Duration.ofSeconds(10);
  private static final int CLIENTS = 120;
  private static final int MOST_IN_FLIGHT = 3_000;
  private static final double TIMES = 3;

  private final Fleet fleet;
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger bad = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final java.util.concurrent.atomic.AtomicLong slowestRefusal =
      new java.util.concurrent.atomic.AtomicLong();

  private Overload(Fleet fleet) {
    this.fleet = fleet;
  }

  static FaultResult run(FleetNetwork network, Map<String, String> settings) {
    Map<String, String> limited = new HashMap<>(settings);
    limited.put("http-probe.max-in-flight", "10");
    FaultResult result = new FaultResult();
    result.fault = NAME;
    result.machineLoad =
        java.lang.management.ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    result.required =
        "good answers within 10 % of the maximum, the rest 503 or 429 with Retry-After; memory flat; whole within 5 s";
    try (Fleet fleet = Fleet.start(network, Fleet.Members.BY_LIST, limited)) {
      new Overload(fleet).measure(result);
    }
    System.out.println(FaultTable.line(result));
    result.misses.forEach(miss -> System.out.println("  missed: " + miss));
    result.notes.forEach(note -> System.out.println("  " + note));
    return result;
  }

  private void measure(FaultResult result) {
    History history = new History();
    SteadyLoad steady = new SteadyLoad(fleet, history);
    FleetCheck check = new FleetCheck(fleet, history, steady);
    steady.on();
    Trial.pass(Duration.ofSeconds(2));
    check.secondsUntilWhole(System.nanoTime(), Duration.ofSeconds(60), Duration.ZERO);
    steady.off();
    double capacity = capacity();
    long before = memory();
    reset();
    double offered = offer(capacity * TIMES);
    double answered = good.get() / (double) OFFERED.toSeconds();
    long during = memory();
    long end = System.nanoTime();
    steady.on();
    result.heal = check.secondsUntilWhole(end, Duration.ofSeconds(60), Duration.ZERO);
    steady.off();
    result.notes.add(
        String.format(
            Locale.ROOT,
            "capacity %.0f/s; offered %.0f/s for %d s: good %.0f/s, refused with Retry-After %d, other %d, slowest refusal"
                + " %.2f s; memory of the gateways %d MiB before, %d MiB at the end",
            capacity,
            offered,
            OFFERED.toSeconds(),
            answered,
            refused.get(),
            bad.get(),
            slowestRefusal.get() / 1e9,
            before,
            during));
    if (answered < 0.9 * capacity) {
      result.misses.add(
          String.format(Locale.ROOT, "%.0f of %.0f good answers a second", answered, capacity));
    }
    if (bad.get() > 0) {
      result.misses.add(bad.get() + " answers were neither good nor 503 or 429 with Retry-After");
    }
    if (slowestRefusal.get() > Duration.ofSeconds(1).toNanos()) {
      result.misses.add("a refusal took longer than a second");
    }
    if (during > before + before / 2) {
      result.misses.add("memory grew from " + before + " to " + during + " MiB");
    }
    if (result.heal < 0 || result.heal > 5) {
      result.healMissed = true;
      result.misses.add("whole after " + result.heal + " s: " + check.problem());
    }
  }

  private long memory() {
    return fleet.gateways().stream().mapToLong(FleetMember::residentMib).sum();
  }

  private void reset() {
    good.set(0);
    refused.set(0);
    bad.set(0);
    slowestRefusal.set(0);
  }

  /** Good answers a second when every client waits for one before it asks again. */
  private double capacity() {
    long end = System.nanoTime() + MEASURED.toNanos();
    Load clients = new Load();
    for (int i = 0; i < CLIENTS; i++) {
      clients.run(() -> {
        while (System.nanoTime() - end < 0) {
          if (!ask()) {
            Trial.pass(Duration.ofMillis(50));
          }
        }
      });
    }
    try {
      clients.awaitAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return good.get() / (double) MEASURED.toSeconds();
  }

  /** Requests at a fixed rate, however long answers take; how many a second there were. */
  private double offer(double rate) {
    AtomicInteger sent = new AtomicInteger();
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    clock.scheduleAtFixedRate(
        () -> {
          if (inFlight.get() < MOST_IN_FLIGHT) {
            sent.incrementAndGet();
            inFlight.incrementAndGet();
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    ask();
                  } finally {
                    inFlight.decrementAndGet();
                  }
                });
          }
        },
        0,
        (long) (1e6 / rate),
        TimeUnit.MICROSECONDS);
    Trial.pass(OFFERED);
    clock.shutdownNow();
    return sent.get() / (double) OFFERED.toSeconds();
  }

  private boolean ask() {
    FleetMember gateway = fleet.balanced().getFirst();
    String path = "/slow/" + numbers.incrementAndGet();
    String task =
        """
        {"task_name":"http_probe","timeout_ms":5000,"params":
         {"url":"http://%s:8000%s","include_body":true,"timeout_ms":4000}}\
        """
            .formatted(fleet.network.hub(), path);
    long start = System.nanoTime();
    Outcome outcome;
    try (RawConnection connection =
        RawConnection.to(gateway.address, FleetMember.DOOR, Duration.ofSeconds(6))) {
      Reply reply =
          Http.request(
              connection,
              "POST",
              "/api/v1/tasks",
              task.getBytes(StandardCharsets.UTF_8),
              "Content-Type: application/json");
      outcome = outcome(reply, path);
    } catch (IOException | UncheckedIOException e) {
      outcome = Outcome.UNNAMED;
    }
    switch (outcome) {
      case GOOD -> good.incrementAndGet();
      case FAILED -> {
        refused.incrementAndGet();
        slowestRefusal.accumulateAndGet(System.nanoTime() - start, Math::max);
      }
      default -> bad.incrementAndGet();
    }
    return outcome == Outcome.GOOD;
  }

  private static Outcome outcome(Reply reply, String path) {
    if (reply.status() == 200) {
      return LoadClient.right(
          reply.json().path("result").path("data").asText().equals(FleetTargets.body(path)));
    }
    boolean refusal = reply.status() == 503 || reply.status() == 429;
    return refusal && !reply.header("retry-after").isEmpty() ? Outcome.FAILED : Outcome.WRONG;
  }
}
