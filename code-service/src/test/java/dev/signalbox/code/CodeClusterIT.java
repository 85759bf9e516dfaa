package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.storage.Engine;
import dev.signalbox.testsupport.TestNode;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two members of a real cluster. */
class CodeClusterIT {

  private final String cluster = "test-" + UUID.randomUUID();

  private TestNode member(Map<String, String> storage) {
    Map<String, String> settings = new HashMap<>();
    storage.forEach((key, value) -> settings.put("storage." + key, value));
    settings.put("platform.cluster", "true");
    settings.put("platform.cluster-name", cluster);
    return TestNode.start(CodeMain.SERVICE, settings);
  }

  @Test
  void givenAReplicaOnSqlite_whenASecondOneStarts_thenItIsRefusedAndToldWhy() {
    try (TestNode one = member(Map.of())) {
      String code = one.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code();

      assertThatThrownBy(() -> member(Map.of()).close())
          .hasMessageContaining("another code-service")
          .hasMessageContaining("uses another database");

      assertThat(one.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code()).isEqualTo(code);
    }
  }

  @Test
  void givenAReplicaOnPostgresql_whenASecondOneUsesIt_thenBothGiveTheSameCode() {
    Map<String, String> storage = Fixture.settings(Engine.POSTGRESQL);
    try (TestNode one = member(storage);
        TestNode two = member(storage)) {
      assertThat(one.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code())
          .isEqualTo(two.call(CodeContract.ISSUE, new IssueCodeRequest("u")).code());
    }
  }
}
