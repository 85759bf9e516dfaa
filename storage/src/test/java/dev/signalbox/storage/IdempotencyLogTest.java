package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    log = log(IdempotencyLog.UNLIMITED);
  }

  private IdempotencyLog log(int maxKeys) {
    return new IdempotencyLog(
        IdempotencyLog.A_DAY, maxKeys, () -> Instant.ofEpochMilli(clock.get()));
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
          case IdempotencyLog.Answer.Mismatch mismatch -> mismatch.exception().code().name();
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

    assertThat(once("store", "k", "other")).isEqualTo("IDEMPOTENCY_MISMATCH");
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

    assertThat(keys()).containsExactly("new");
  }

  private List<String> keys() {
    return await(
        database.read(
            session -> session.query("SELECT key FROM idempotency", row -> row.getString(1))));
  }

  record Greeting(String text) {}

  @Test
  void aReplyKeptAsJsonIsReadAsItsType() {
    IdempotencyLog.Answer.Seen seen = new IdempotencyLog.Answer.Seen("{\"text\":\"hello\"}");

    assertThat(seen.read(Greeting.class)).isEqualTo(new Greeting("hello"));
  }

  @Test
  void aReplyThatIsNotOfTheTypeIsAStorageFault() {
    IdempotencyLog.Answer.Seen seen = new IdempotencyLog.Answer.Seen("7 1000");

    assertThatExceptionOfType(ServiceException.class)
        .isThrownBy(() -> seen.read(Greeting.class))
        .extracting(ServiceException::code)
        .isEqualTo(ErrorCode.STORAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", " ", "~", "6f1c-4b"})
  void printableAsciiIsAKey(String text) {
    assertThat(IdempotencyLog.isKey(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "\u007f", "\u00e9"})
  void anythingElseIsNot(String text) {
    assertThat(IdempotencyLog.isKey(text)).isFalse();
  }

  @Test
  void aKeyHasAtMost255Characters() {
    assertThat(IdempotencyLog.isKey("k".repeat(255))).isTrue();
    assertThat(IdempotencyLog.isKey("k".repeat(256))).isFalse();
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
  void aReleasedKeyIsFreeAgain() {
    await(
        database.write(session -> {
          log.claim(session, "store", "k", "body".getBytes(UTF_8));
          log.release(session, "store", "k");
          return true;
        }));

    assertThat(once("store", "k", "other")).isEqualTo("reply 1");
  }

  @Test
  void aKeyBeyondTheLimitIsRefusedAndNotTaken() {
    log = log(2);
    once("store", "k1", "body");
    once("store", "k2", "body");

    assertThat(fault(once(database, "store", "k3", "body")).code())
        .isEqualTo(ErrorCode.LIMIT_REACHED);
    assertThat(keys()).containsExactlyInAnyOrder("k1", "k2");
  }

  @Test
  void aKnownKeyIsAnsweredAtTheLimit() {
    log = log(1);
    once("store", "k1", "body");

    assertThat(once("store", "k1", "body")).isEqualTo("reply 1");
  }

  @Test
  void keysFromBeforeARestartCount() {
    once("store", "k1", "body");
    log = log(1);

    assertThat(fault(once(database, "store", "k2", "body")).code())
        .isEqualTo(ErrorCode.LIMIT_REACHED);
  }

  @Test
  void forgottenKeysMakeRoom() {
    log = log(1);
    once("store", "k1", "body");
    clock.addAndGet(Duration.ofDays(1).toMillis());

    assertThat(once("store", "k2", "body")).isEqualTo("reply 2");
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
