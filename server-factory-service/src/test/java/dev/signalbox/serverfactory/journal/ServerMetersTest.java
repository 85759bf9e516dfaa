package dev.signalbox.serverfactory.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerMetersTest {

  private final MeterRegistry registry = new SimpleMeterRegistry();

  private ServerCounters counters(String id, @Nullable String name) {
    return new ServerCounters(0, new ServerMeters(registry, id, name));
  }

  private double value(String meter, String id) {
    return registry.get(meter).tag("server", id).counter().count();
  }

  @Test
  void givenRequests_whenTheyEnd_thenTheMetersOfTheirServerCountThem() {
    ServerCounters first = counters("1", "orders");
    ServerCounters second = counters("2", null);
    first.began();
    first.ended(true, 200, null, 0, 0, 1_500);
    first.began();
    first.ended(false, 404, null, 0, 0, 500);
    first.began();
    first.ended(true, 0, "garbage", 0, 0, 1_000);
    first.began();
    second.began();
    second.ended(false, 404, null, 0, 0, 1);

    assertThat(value("signalbox.server.matched", "1")).isEqualTo(2);
    assertThat(value("signalbox.server.unmatched", "1")).isEqualTo(1);
    assertThat(value("signalbox.server.faults", "1")).isEqualTo(1);
    assertThat(value("signalbox.server.matched", "2")).isZero();
    assertThat(registry.get("signalbox.server.in.flight").tag("name", "orders").gauge().value())
        .isEqualTo(1);
    assertThat(registry.get("signalbox.server.requests").tag("server", "1").timer().count())
        .isEqualTo(3);
  }

  @Test
  void givenResponses_whenTheirServerIsRemoved_thenTheProcessHasCountedThemByClass() {
    ServerMeters meters = new ServerMeters(registry, "1", null);
    ServerCounters counters = new ServerCounters(0, meters);
    for (int status : new int[] {200, 201, 404, 0, 503, 42, 999}) {
      counters.began();
      counters.ended(true, status, null, 0, 0, 1);
    }
    counters("2", null).ended(true, 404, null, 0, 0, 1);

    meters.remove();

    assertThat(responses("2xx")).isEqualTo(2);
    assertThat(responses("4xx")).isEqualTo(2);
    assertThat(responses("5xx")).isEqualTo(1);
    assertThat(responses("none")).isEqualTo(3);
    assertThat(registry.find("signalbox.server.responses").counters()).hasSize(4);
  }

  private double responses(String status) {
    return registry.get("signalbox.server.responses").tag("status", status).counter().count();
  }

  @Test
  void givenTenThousandServers_whenEachIsRemoved_thenNoMeterIsLeft() {
    ServerMeters kept = new ServerMeters(registry, "kept", null);
    for (int i = 0; i < 10_000; i++) {
      new ServerMeters(registry, "id-" + i, "n" + i).remove();
    }

    assertThat(registry.getMeters())
        .isNotEmpty()
        .allSatisfy(meter -> assertThat(meter.getId().getTag("server")).isEqualTo("kept"))
        .extracting(Meter::getId)
        .doesNotHaveDuplicates();
    kept.remove();
    assertThat(registry.getMeters()).isEmpty();
  }
}
