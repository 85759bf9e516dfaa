package dev.signalbox.gateway;

import static org.awaitility.Awaitility.await;

import dev.signalbox.file.FileMain;
import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a gateway leaves behind in a process that goes on. */
class StoppedGatewayTest {

  @Test
  void givenAGatewayThatServed_whenItHasStopped_thenNothingKeepsItInMemory() {
    WeakReference<Vertx> vertx = servedAndStopped();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          System.gc();
          return vertx.refersTo(null);
        });
  }

  /** In a method of its own, so that no variable of the test refers to the gateway. */
  private static WeakReference<Vertx> servedAndStopped() {
    try (GatewayFixture gateway = GatewayFixture.start(List.of(FileMain.SERVICE))) {
      gateway.get("/api/v1/services");
      gateway.get("/servers/none/");
      return new WeakReference<>(gateway.node().vertx());
    }
  }
}
