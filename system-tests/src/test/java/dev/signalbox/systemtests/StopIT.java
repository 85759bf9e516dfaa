package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Orderly ends. */
class StopIT {

  private static final int TERMINATED = 143;
  private static final int INTERRUPTED = 130;
  private static final long SIGINT = 1L << 1;

  @Test
  void sigtermStopsIt() {
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      Servers.start(system, FreePorts.next(), "/until-the-end", "x");

      assertThat(system.process().stop()).isIn(0, TERMINATED);

      assertStoppedCleanly(system);
    }
  }

  @Test
  void ctrlCStopsIt() {
    assumeFalse(
        interruptsIgnored(),
        "whoever started these tests ignores SIGINT, and so do their processes; run them in the"
            + " foreground");
    try (OneProcess system = OneProcess.start(Shape.settings())) {
      system.process().signal("INT");

      assertThat(system.process().awaitExit()).isIn(0, INTERRUPTED);
      assertStoppedCleanly(system);
    }
  }

  private static void assertStoppedCleanly(OneProcess system) {
    assertThat(system.output())
        .doesNotContain("did not stop cleanly")
        .doesNotContain(" ERROR ")
        .doesNotContain("\tat ");
  }

  private static boolean interruptsIgnored() {
    try {
      Path status = Path.of("/proc/self/status");
      return Files.exists(status)
          && Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .anyMatch(
                  line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & SIGINT) != 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void workUnderWayIsAnsweredBeforeTheEnd() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch mayAnswer = new CountDownLatch(1);
    HttpAnswer later =
        (request, out) -> {
          asked.countDown();
          awaitQuietly(mayAnswer);
          HttpAnswer.of(200, "just in time").answer(request, out);
        };
    try (FakeHttpServer target = FakeHttpServer.start(later);
        OneProcess system =
            OneProcess.start(
                Shape.settings(
                    "platform.drain-time",
                    "20s",
                    "platform.stop-timeout",
                    "30s",
                    "gateway.drain-timeout",
                    "20s"))) {
      int tasks = system.doors().tasks();
      CompletableFuture<Reply> answer =
          CompletableFuture.supplyAsync(() ->
              Http.post(
                  tasks,
                  "/run_task",
                  """
                  {"task_name":"http_get_request","params":{"domain_or_ip":"127.0.0.1",
                   "port":%d,"scheme":"http"}}\
                  """
                      .formatted(target.port())));
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

      system.process().signal("TERM");
      Awaitility.await("no new connections")
          .atMost(Duration.ofSeconds(30))
          .until(() -> FreePorts.free(system.doors().main()));
      mayAnswer.countDown();

      assertThat(answer.get(60, TimeUnit.SECONDS).json().path("data").asText())
          .isEqualTo("just in time");
      assertThat(system.process().awaitExit()).isIn(0, TERMINATED);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatWasStoredIsThereAfterAStop() {
    DocumentTwoClient client;
    OneProcess first = OneProcess.start(Shape.settings());
    Path data = first.data();
    try (first) {
      client = new DocumentTwoClient(first.doors());
      client.requestUnique();
      client.sendText("before the stop");
      first.process().stop();
    }
    try (OneProcess second = OneProcess.start(data, Shape.settings())) {
      Reply code = Http.post(second.doors().codes(), "/", "{\"uuid\":\"" + client.uuid() + "\"}");
      assertThat(code.json().path("unique").asText()).isEqualTo(client.unique());
      assertThat(
              Http.get(second.doors().main(), "/api/v1/messages").json().findValuesAsText("text"))
          .containsExactly("before the stop");
    }
  }
}
