package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.testsupport.TestNode;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** That the tests notice what they are meant to notice. */
class BlockedEventLoopTest {

  @Test
  void givenAHandlerThatWaits_whenTheNodeIsClosed_thenTheTestFails() {
    var type = FakeService.type("wait", "waiting.wait");
    TestNode node =
        TestNode.start(FakeService.task("waiting-service", type, task -> waits()), Map.of());
    node.call(type.operation(), new TaskRequest("wait", Map.of()));

    assertThatThrownBy(node::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("BlockedEventLoopTest");
  }

  private static TaskReply waits() {
    try {
      boolean counted = new CountDownLatch(1).await(1_500, TimeUnit.MILLISECONDS);
      return TaskReply.Finished.of(Map.of("counted", counted));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
