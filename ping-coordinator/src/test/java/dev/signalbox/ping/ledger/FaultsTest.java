package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.ClearErrorsReply;
import dev.signalbox.contracts.ping.ClearErrorsRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class FaultsTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void errorsComeOldestFirst() {
    fixture.open(3);
    fixture.handIn(2, "1");
    fixture.handIn(0, "10");

    assertThat(fixture.errors())
        .extracting(TaskFault::error)
        .containsExactly("length:1", "length:2");
    assertThat(fixture.errors()).extracting(TaskFault::taskIndex).containsExactly(2, 0);
  }

  @Test
  void pagesFollowEachOther() {
    fixture.open(3);
    for (int i = 0; i < 3; i++) {
      fixture.handIn(i, "1");
    }

    ListErrorsReply first = list(0, 2);
    ListErrorsReply rest = list(first.errors().getLast().id(), 2);

    assertThat(first.more()).isTrue();
    assertThat(first.errors()).extracting(TaskFault::taskIndex).containsExactly(0, 1);
    assertThat(rest.more()).isFalse();
    assertThat(rest.errors()).extracting(TaskFault::taskIndex).containsExactly(2);
  }

  @Test
  void clearingOneTaskLeavesTheOthersAndEveryStatus() {
    fixture.open(2);
    fixture.handIn(0, "1");
    fixture.handIn(0, "1");
    fixture.handIn(1, "1");

    assertThat(clear(0)).isEqualTo(new ClearErrorsReply(2));

    assertThat(fixture.errors()).extracting(TaskFault::taskIndex).containsExactly(1);
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.ERROR);
    assertThat(clear(0)).isEqualTo(new ClearErrorsReply(0));
  }

  @Test
  void clearingAllLeavesNone() {
    fixture.open(2);
    fixture.handIn(0, "1");
    fixture.handIn(1, "1");

    assertThat(clear(null)).isEqualTo(new ClearErrorsReply(2));
    assertThat(fixture.errors()).isEmpty();
  }

  @Test
  void theNewestAreKept() {
    fixture.open(
        new LedgerSettings(
            LedgerFixture.LEASE_TIME,
            Duration.ofMillis(20),
            true,
            0,
            1,
            131_072,
            10,
            500,
            LedgerFixture.UNCHECKED));
    for (int i = 0; i < 50; i++) {
      fixture.handIn(0, "1".repeat(i));
    }

    Awaitility.await().until(() -> fixture.errors().size() == 10);
    assertThat(fixture.errors())
        .extracting(TaskFault::error)
        .startsWith("length:40")
        .endsWith("length:49");
  }

  private ListErrorsReply list(long after, int limit) {
    return await(fixture.ledger().errors(new ListErrorsRequest(after, limit)));
  }

  private ClearErrorsReply clear(@Nullable Integer taskIndex) {
    return await(fixture.ledger().clearErrors(new ClearErrorsRequest(taskIndex)));
  }
}
