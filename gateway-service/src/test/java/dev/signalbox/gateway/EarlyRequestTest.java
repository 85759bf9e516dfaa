package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;

/** Clients that are there before the gateway. */
class EarlyRequestTest {

  private static final int CLIENTS = 16;

  @RepeatedTest(3)
  void givenClientsThatTryUntilAPortIsOpen_whenTheGatewayStarts_thenEachIsAnswered()
      throws IOException {
    int port = FreePorts.next();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<String>> answers =
          IntStream.range(0, CLIENTS)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> firstAnswer(port), clients))
              .toList();

      try (GatewayFixture gateway = GatewayFixture.start("gateway.port", String.valueOf(port))) {
        assertThat(answers)
            .extracting(CompletableFuture::join)
            .allMatch(answer -> answer.startsWith("HTTP/1.1 200"));
        assertThat(gateway.port("main")).isEqualTo(port);
      }
    }
  }

  /** What the first connection that is accepted gets; fails when nothing comes. */
  private static String firstAnswer(int port) {
    for (int attempt = 0; attempt < 1_000_000; attempt++) {
      RawClient client;
      try {
        client = new RawClient(port);
      } catch (UncheckedIOException refused) {
        Thread.onSpinWait();
        continue;
      }
      try (client) {
        return client.get("/api/v1/services").statusLine();
      }
    }
    return "no port was opened";
  }
}
