package dev.signalbox.platform.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.DiagnoseReply.Finding;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeterChecksTest {

  private final AtomicLong nanos = new AtomicLong();
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Diagnostics diagnostics =
      new Diagnostics("p-1", "here", "1", InstantSource.system(), nanos::get);

  @BeforeEach
  void register() {
    MeterChecks.register(diagnostics, registry, nanos::get);
  }

  @AfterEach
  void close() {
    diagnostics.close();
  }

  private List<Finding> look(long seconds) throws Exception {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    diagnostics.look().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    return diagnostics.reply().findings();
  }

  /** Looks until what must last has lasted, and what is over is over. */
  private List<Finding> lookFor(long seconds) throws Exception {
    List<Finding> last = look(2);
    for (long passed = 0; passed < seconds; passed += 5) {
      last = look(5);
    }
    return last;
  }

  /** A gauge that makes a finding while it has a value, and none while it has another. */
  record State(String code, String meter, double bad, double good, String service, String detail) {}

  static Stream<State> states() {
    return Stream.of(
        new State("STORAGE", "signalbox.storage.available", 0, 1, "code-service", "code-service"),
        new State(
            "WRITES_WAITING",
            "signalbox.storage.writes.waiting",
            1_500,
            900,
            "code-service",
            "1500 writes"),
        new State("MESSAGES_LOG", "signalbox.messages.log.lag", 7, 0, "code-service", "7 messages"),
        new State("MEMBER", "signalbox.members.unreachable", 2, 0, null, "2 other members"),
        new State("QUEUE", "signalbox.gateway.waiting", 4, 0, "gateway-service", "4 requests"));
  }

  @ParameterizedTest
  @MethodSource("states")
  void givenAGauge_whenItIsBadAndThenGood_thenTheFindingIsThereAndThenGone(State state)
      throws Exception {
    AtomicLong value = new AtomicLong((long) state.good);
    gauge(state.meter, value);
    assertThat(lookFor(40)).isEmpty();

    value.set((long) state.bad);
    List<Finding> findings = lookFor(40);
    assertThat(findings).extracting(Finding::code).containsExactly(state.code);
    assertThat(findings.getFirst().service()).isEqualTo(state.service);
    assertThat(findings.getFirst().detail()).contains(state.detail);

    value.set((long) state.good);
    assertThat(lookFor(20)).isEmpty();
  }

  /** A counter whose growth makes a finding until its window is over. */
  record Event(String code, long window, Consumer<MeterRegistry> happens) {}

  private static Consumer<MeterRegistry> failed(String code) {
    return registry ->
        registry
            .counter(
                "signalbox.operation.failed",
                "service",
                "code-service",
                "operation",
                "code.issue",
                "code",
                code)
            .increment();
  }

  static Stream<Event> events() {
    return Stream.of(
        new Event("STATEMENTS", 300, failed("STORAGE")),
        new Event("DEFECT", 900, failed("INTERNAL")),
        new Event(
            "OVERLOADED",
            300,
            registry ->
                registry
                    .counter(
                        "signalbox.operation.refused", "service", "dns-service", "operation", "x")
                    .increment()),
        new Event(
            "AUDIT_LOG",
            600,
            registry -> registry.counter("signalbox.gateway.audit.lost").increment()),
        new Event(
            "SLOW_CLIENTS",
            600,
            registry ->
                FunctionCounter.builder("signalbox.gateway.unread.refused", 1, one -> one)
                    .register(registry)),
        new Event(
            "TRACES",
            900,
            registry -> registry.counter("signalbox.trace.spans.dropped").increment(9)),
        new Event(
            "ERRORS",
            300,
            registry -> {
              registry.timer("signalbox.gateway.requests", "status", "2xx").record(1, unit());
              for (int i = 0; i < 5; i++) {
                registry.timer("signalbox.gateway.requests", "status", "5xx").record(1, unit());
              }
            }),
        new Event(
            "SLOW_COMMITS",
            60,
            registry -> {
              for (int i = 0; i < 3; i++) {
                registry
                    .timer("signalbox.storage.commit", "service", "code-service")
                    .record(700, unit());
              }
            }),
        new Event(
            "COLLECTOR", 300, registry -> registry.timer("jvm.gc.pause").record(40_000, unit())));
  }

  /** A gauge that keeps its value: by default a collection of the heap makes it NaN. */
  private void gauge(String name, Number value) {
    Gauge.builder(name, value, Number::doubleValue)
        .tag("service", "code-service")
        .strongReference(true)
        .register(registry);
  }

  private static TimeUnit unit() {
    return TimeUnit.MILLISECONDS;
  }

  @ParameterizedTest
  @MethodSource("events")
  void givenACounter_whenItGrows_thenTheFindingIsThereUntilItsWindowIsOver(Event event)
      throws Exception {
    assertThat(look(2)).isEmpty();
    event.happens.accept(registry);

    assertThat(lookFor(35)).extracting(Finding::code).containsExactly(event.code);
    assertThat(lookFor(event.window)).isEmpty();
  }

  @Test
  void givenErrorsOfCallers_whenCounted_thenTheyAreNoFindings() throws Exception {
    failed("INVALID_REQUEST").accept(registry);
    failed("NOT_FOUND").accept(registry);

    assertThat(lookFor(10)).isEmpty();
  }

  @Test
  void givenFewErrorsAmongManyResponses_whenCounted_thenTheyAreNoFinding() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      registry.timer("signalbox.gateway.requests", "status", "2xx").record(1, unit());
    }
    for (int i = 0; i < 5; i++) {
      registry.timer("signalbox.gateway.requests", "status", "5xx").record(1, unit());
    }

    assertThat(lookFor(10)).isEmpty();
  }

  /** A share of two gauges. */
  record Share(String code, String part, String whole, double bad, double good) {}

  static Stream<Share> shares() {
    return Stream.of(
        new Share("MEMORY", "jvm.gc.live.data.size", "jvm.gc.max.data.size", 95, 80),
        new Share("FILES", "process.files.open", "process.files.max", 81, 79),
        new Share("DISK", "disk.free", "disk.total", 9, 11));
  }

  @ParameterizedTest
  @MethodSource("shares")
  void givenAShare_whenItIsBadAndThenGood_thenTheFindingIsThereAndThenGone(Share share)
      throws Exception {
    AtomicLong part = new AtomicLong((long) share.good);
    gauge(share.part, part);
    gauge(share.whole, new AtomicLong(100));
    assertThat(lookFor(40)).isEmpty();

    part.set((long) share.bad);
    assertThat(lookFor(40)).extracting(Finding::code).containsExactly(share.code);

    part.set((long) share.good);
    assertThat(lookFor(20)).isEmpty();
  }

  @Test
  void givenOneLargeCommitAtTheStart_whenLooked_thenItIsNoFinding() throws Exception {
    registry.timer("signalbox.storage.commit", "service", "ping-coordinator").record(5_000, unit());

    assertThat(lookFor(40)).isEmpty();
  }

  @Test
  void givenAGaugeWithoutANumber_whenLooked_thenItIsNoFinding() throws Exception {
    gauge("disk.free", Double.NaN);
    gauge("disk.total", Double.NaN);
    gauge("process.files.open", Double.POSITIVE_INFINITY);

    assertThat(lookFor(10)).isEmpty();
  }
}
