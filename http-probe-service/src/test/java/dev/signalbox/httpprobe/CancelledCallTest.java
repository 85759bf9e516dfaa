package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CancelledCallTest {

  @Test
  void a_cancelled_call_leaves_the_target_and_says_why() {
    try (TestNode node =
            TestNode.start(HttpProbeMain.SERVICE, Map.of("guard.allow-private", "true"));
        FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      Cancellation cancellation = node.bus().cancellable();
      Future<TaskReply> reply =
          node.bus()
              .call(
                  HttpProbeContract.PROBE_TASK,
                  new TaskRequest("http_probe", Map.of("url", server.url("/"))),
                  Call.within(Duration.ofSeconds(30)).with(cancellation));
      await().until(() -> server.requests().size() == 1);

      cancellation.request();

      await().until(() -> server.openConnections() == 0 && reply.isComplete());
      assertThat(reply.cause())
          .isInstanceOfSatisfying(
              ServiceException.class,
              failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED));
    }
  }
}
