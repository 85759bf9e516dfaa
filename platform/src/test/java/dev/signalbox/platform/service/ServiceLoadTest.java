package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Announcement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceLoadTest {

  private final ServiceLoad load = new ServiceLoad();

  @Test
  void givenNothing_whenAnnounced_thenThereAreNoTimes() {
    assertThat(load.announced()).isEqualTo(new Announcement.Load(0, 0, 0, null, null));
  }

  @Test
  void givenOperationsAndOtherRequests_whenAnnounced_thenBothCount() {
    load.inFlight(() -> 5);
    load.begin();
    load.begin();
    load.end(TimeUnit.MILLISECONDS.toNanos(4), false);
    load.ended(TimeUnit.MILLISECONDS.toNanos(8), true);

    Announcement.Load announced = load.announced();

    assertThat(announced.inFlight()).isEqualTo(6);
    assertThat(announced.handled()).isEqualTo(2);
    assertThat(announced.failed()).isEqualTo(1);
    assertThat(announced.p50Ms()).isBetween(3.9, 4.1);
    assertThat(announced.p99Ms()).isBetween(7.9, 8.1);
  }

  @Test
  void givenRefusals_whenAnnounced_thenTheyAreFailuresWithoutATime() {
    load.refused();

    assertThat(load.announced()).isEqualTo(new Announcement.Load(0, 0, 1, null, null));
  }
}
