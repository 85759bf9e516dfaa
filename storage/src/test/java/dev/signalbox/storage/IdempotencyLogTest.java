package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
class IdempotencyLogTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  final AtomicLong clock = new AtomicLong(1_000_000_000_000L);
  final AtomicInteger done = new AtomicInteger();
  StorageConfig config;
  DatabaseFixture fixture;
  Database database;
  IdempotencyLog log;

  @BeforeEach
  void prepare(Vertx vertx) {
    config = Settings.of(engine).config();
    fixture = new DatabaseFixture(vertx, directory);
    database = fixture.open(config);
    log =
        new IdempotencyLog(IdempotencyLog.A_DAY, () -> java.time.Instant.ofEpochMilli(clock.get()));
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private Future<String> once(Database at, String scope, String key, String request) {
    return at.write(session ->
        switch (log.claim(session, scope, key, request.getBytes(UTF_8))) {
          case IdempotencyLog.Answer.Unseen() -> {
            String reply = "reply " + done.incrementAndGet();
            log.answer(session, scope, key, reply);
            yield reply;
          }
          case IdempotencyLog.Answer.Seen(String reply) -> reply;
          case IdempotencyLog.Answer.Mismatch() -> "mismatch";
        });
  }

  private String once(String scope, String key, String request) {
    return await(once(database, scope, key, request));
  }

  @Test
  void aKeySeenForTheFirstTimeIsNew() {
    assertThat(once("store", "k", "body")).isEqualTo("reply 1");
  }

  @Test
  void theSameRequestIsAnsweredAsTheFirstTime() {
    once("store", "k", "body");

    assertThat(once("store", "k", "body")).isEqualTo("reply 1");
    assertThat(done).hasValue(1);
  }

  @Test
  void anotherRequestUnderTheSameKeyIsAMismatch() {
    once("store", "k", "body");

    assertThat(once("store", "k", "other")).isEqualTo("mismatch");
  }

  @Test
  void keysOfDifferentScopesDoNotMeet() {
    once("store", "k", "body");

    assertThat(once("delete", "k", "other")).isEqualTo("reply 2");
  }

  @Test
  void theAnswerOutlivesARestart() {
    once("store", "k", "body");
    await(database.close());

    assertThat(await(once(fixture.open(config), "store", "k", "body"))).isEqualTo("reply 1");
  }

  @Test
  void afterADayTheKeyIsFreeAgain() {
    once("store", "k", "body");
    clock.addAndGet(Duration.ofDays(1).toMillis());

    assertThat(once("store", "k", "other")).isEqualTo("reply 2");
  }

  @Test
  void withinTheDayTheKeyIsKept() {
    once("store", "k", "body");
    clock.addAndGet(Duration.ofDays(1).toMillis() - 1);

    assertThat(once("store", "k", "body")).isEqualTo("reply 1");
  }

  @Test
  void oldKeysAreSweptAway() {
    once("store", "old", "body");
    clock.addAndGet(Duration.ofDays(2).toMillis());

    once("store", "new", "body");

    List<String> keys =
        await(
            database.read(
                session -> session.query("SELECT key FROM idempotency", row -> row.getString(1))));
    assertThat(keys).containsExactly("new");
  }

  @Test
  void aClaimVanishesWithTheWorkThatFailed() {
    Future<String> failing =
        database.write(session -> {
          log.claim(session, "store", "k", "body".getBytes(UTF_8));
          throw new ServiceException(ErrorCode.CONFLICT, "no");
        });
    assertThat(fault(failing).code()).isEqualTo(ErrorCode.CONFLICT);

    assertThat(once("store", "k", "body")).isEqualTo("reply 1");
  }

  @Test
  void replicasGivenTheSameKeyAtOnceDoTheWorkOnce() {
    Database replica = fixture.open(config);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(once(database, "store", "k" + i, "body"));
      answers.add(once(replica, "store", "k" + i, "body"));
    }

    await(Future.all(answers));

    for (int i = 0; i < 100; i += 2) {
      assertThat(answers.get(i).result()).isEqualTo(answers.get(i + 1).result());
    }
  }
}
