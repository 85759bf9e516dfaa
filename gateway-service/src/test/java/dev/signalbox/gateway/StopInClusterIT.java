package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway of a cluster that stops while its clients do not know it yet. */
class StopInClusterIT {

  private GatewayFixture gateway;
  private int port;

  @AfterEach
  void close() {
    gateway.close();
  }

  private void start(String quietPeriod, String drainTimeout) {
    gateway =
        GatewayFixture.start(
            "platform.cluster",
            "true",
            "platform.cluster-name",
            "stop-" + UUID.randomUUID(),
            "gateway.quiet-period",
            quietPeriod,
            "gateway.drain-timeout",
            drainTimeout);
    port = gateway.port("main");
  }

  private CompletableFuture<Void> stopLater() {
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    gateway.node().node().stop().onComplete(done -> stopped.complete(null));
    return stopped;
  }

  @Test
  void givenClientsThatStillCome_whenItStops_thenTheyAreAnsweredAndToldToGo() throws Exception {
    start("2s", "30s");
    try (RawClient kept = gateway.raw()) {
      kept.get("/api/v1/services");

      CompletableFuture<Void> stopped = stopLater();

      for (int i = 0; i < 30; i++) {
        try (RawClient late = gateway.raw()) {
          RawClient.Response answer = late.get("/api/v1/services");
          assertThat(answer.statusLine()).contains("200");
        }
      }
      RawClient.Response last = kept.get("/api/v1/services");
      assertThat(last.statusLine()).contains("200");
      assertThat(last.headers()).containsEntry("connection", "close");
      assertThat(kept.closedByServer()).isTrue();
      stopped.get(60, TimeUnit.SECONDS);
      assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void givenAQuietPeriodLongerThanTheDrainTimeout_whenItStops_thenItEndsNevertheless()
      throws Exception {
    start("1m", "1s");

    stopLater().get(30, TimeUnit.SECONDS);

    assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(UncheckedIOException.class);
  }
}
