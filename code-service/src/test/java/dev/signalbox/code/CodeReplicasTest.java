package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.storage.Engine;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two nodes on one PostgreSQL, each with a data directory of its own. */
class CodeReplicasTest {

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    Fixture.settings(Engine.POSTGRESQL)
        .forEach((key, value) -> settings.put("storage." + key, value));
    settings.put("code.follow-interval", "100ms");
    return settings;
  }

  private static StoreMessageReply store(TestNode node, String code, String text) {
    return node.call(CodeContract.STORE_MESSAGE, new StoreMessageRequest("u", code, text, null));
  }

  private static String log(TestNode node) throws Exception {
    return Files.readString(node.data().resolve(MessageLog.FILE_NAME));
  }

  @Test
  void theyAgreeOnCodesAndShareOneChainAndOneLog() throws Exception {
    Map<String, String> settings = settings();
    try (TestNode one = TestNode.start(CodeMain.SERVICE, settings);
        TestNode two = TestNode.start(CodeMain.SERVICE, settings)) {
      String code = one.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code();

      for (int i = 0; i < 20; i++) {
        assertThat(store(one, code, "one " + i)).isInstanceOf(StoreMessageReply.Stored.class);
        assertThat(store(two, code, "two " + i)).isInstanceOf(StoreMessageReply.Stored.class);
      }

      VerifyMessagesReply chain = one.call(CodeContract.VERIFY_MESSAGES, VerifyMessagesRequest.ALL);
      assertThat(chain.intact()).isTrue();
      assertThat(chain.messages()).isEqualTo(40);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(log(one)).hasLineCount(40).isEqualTo(log(two)));
    }
  }
}
