package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The memory that bodies hold together, while their results wait for a thread too. */
class BodyMemoryTest {

  private static final int BODY = 600_000;
  private static final int ROOM = 1_000_000;

  @Test
  void givenBusyWorkers_whenPagesAreProbed_thenTheirBodiesCountUntilTheyAreReported() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, new byte[BODY]));
        TestNode node =
            TestNode.start(
                HttpProbeMain.SERVICE,
                Map.of(
                    "guard.allow-private",
                    "true",
                    "http-probe.default-body",
                    Integer.toString(ROOM),
                    "http-probe.max-body",
                    Integer.toString(ROOM),
                    "http-probe.max-memory",
                    Integer.toString(ROOM)))) {
      ProbeClient client = new ProbeClient(node);
      TaskRequest request =
          new TaskRequest("http_probe", Map.of("url", server.url("/"), "timeout_ms", 10_000));
      CountDownLatch busy = new CountDownLatch(1);
      List<Future<TaskReply>> waiting = new ArrayList<>();
      try {
        occupyWorkers(node, busy);

        // Not all of them have room, and those that do wait for a worker thread with it.
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> {
              Future<TaskReply> reply =
                  node.bus()
                      .call(
                          HttpProbeContract.PROBE_TASK,
                          request,
                          Call.within(Duration.ofSeconds(30)));
              waiting.add(reply);
              return waiting.stream().anyMatch(BodyMemoryTest::overloaded);
            });
      } finally {
        busy.countDown();
      }

      // Those without room were refused, the others are reported, and nothing stays counted.
      TestNode.await(Future.all(waiting));
      assertThat(waiting)
          .allMatch(reply -> overloaded(reply) || reply.result() instanceof TaskReply.Finished)
          .anyMatch(reply -> reply.result() instanceof TaskReply.Finished);
      assertThat(client.probe(server.url("/"))).containsEntry("body_bytes", (long) BODY);
    }
  }

  private static boolean overloaded(Future<TaskReply> reply) {
    return reply.succeeded()
        && reply.result() instanceof TaskReply.Failed failed
        && failed.error().code().equals("OVERLOADED");
  }

  private static void occupyWorkers(TestNode node, CountDownLatch until) {
    for (int i = 0; i < VertxOptions.DEFAULT_WORKER_POOL_SIZE; i++) {
      node.vertx()
          .executeBlocking(
              () -> {
                until.await();
                return null;
              },
              false);
    }
  }
}
