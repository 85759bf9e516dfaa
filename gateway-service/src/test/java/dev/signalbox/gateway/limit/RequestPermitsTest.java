package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.RequestPermits.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
class RequestPermitsTest {

  /** How many permits a client, or each of many clients, gets. */
  private static int granted(ConcurrencyLimiter limiter, boolean manyClients, Vertx vertx) {
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    int granted = 0;
    while (limiter
        .acquire(List.of(manyClients ? "client " + granted : "client"), context, 0)
        .granted()
        .succeeded()) {
      granted++;
    }
    return granted;
  }

  @ParameterizedTest
  @CsvSource({
    "REQUESTS,      1,    1,    1",
    "REQUESTS,      2,    2,    2",
    "REQUESTS,      4,    4,    3",
    "REQUESTS,      1024, 1024, 768",
    "UPLOADS,       1,    1,    1",
    "UPLOADS,       16,   4,    3",
    "UPLOADS,       1024, 256,  192",
    "TASK_STREAMS,  1,    1,    1",
    "TASK_STREAMS,  8,    2,    1",
    "TASK_STREAMS,  1024, 256,  64",
    "PROXIED,       1024, 1024, 768",
    "EVENT_STREAMS, 1024, 5000, 3750"
  })
  void givenASetting_whenTheyAreAcquired_thenAllClientsAndOneClientGetSoMany(
      Kind kind, int maxInFlight, int ofAll, int ofOne, Vertx vertx) {
    assertThat(granted(new RequestPermits(maxInFlight, 0, 5_000).of(kind), true, vertx))
        .isEqualTo(ofAll);
    assertThat(granted(new RequestPermits(maxInFlight, 0, 5_000).of(kind), false, vertx))
        .isEqualTo(ofOne);
  }
}
