package dev.signalbox.storage;

import static dev.signalbox.storage.DatabaseFixture.await;
import static dev.signalbox.storage.DatabaseFixture.failure;
import static dev.signalbox.storage.DatabaseFixture.fault;
import static dev.signalbox.storage.DatabaseFixture.hold;
import static dev.signalbox.storage.DatabaseFixture.ids;
import static dev.signalbox.storage.DatabaseFixture.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What breaks only where a server is between us and the disk. */
@ExtendWith(VertxExtension.class)
class PostgresFailureTest {

  @TempDir Path directory;
  Settings settings;
  StorageConfig config;
  DatabaseFixture fixture;

  @BeforeEach
  void prepare(Vertx vertx) {
    settings = Settings.of(Engine.POSTGRESQL);
    config = settings.config();
    fixture = new DatabaseFixture(vertx, directory);
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void sql(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void endEverySession() throws SQLException {
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }

  private static void endOwnSession(Session session) {
    session.query("SELECT pg_terminate_backend(pg_backend_pid())", row -> row.getString(1));
  }

  @Test
  void aWriteAfterTheConnectionWasLostGoesThroughANewOne() throws Exception {
    Database database = fixture.open(config);
    await(insert(database, 1, "before"));

    endEverySession();

    await(insert(database, 2, "after"));
    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void aReadAfterTheConnectionWasLostGoesThroughANewOne() throws Exception {
    Database database = fixture.open(config);
    await(insert(database, 1, "before"));
    assertThat(ids(database)).containsExactly(1L);

    endEverySession();

    assertThat(ids(database)).containsExactly(1L);
  }

  @Test
  void aConnectionLostBeforeTheCommitRunsTheWholeBatchAgain() throws Exception {
    Database database = fixture.open(config);
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch release = hold(database);
    Future<Integer> first = insert(database, 1, "first");
    Future<Integer> breaking =
        database.write(session -> {
          if (runs.incrementAndGet() == 1) {
            endOwnSession(session);
          }
          return session.update("INSERT INTO note (id) VALUES (2)");
        });

    release.countDown();

    await(first);
    await(breaking);
    assertThat(runs).hasValue(2);
    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void aConnectionLostTwiceFailsTheBatchAndLeavesNothing() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    Future<Integer> innocent = insert(database, 1, "innocent");
    Future<Boolean> breaking =
        database.write(session -> {
          endOwnSession(session);
          return true;
        });

    release.countDown();

    assertThat(fault(breaking).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(fault(innocent).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    await(insert(database, 2, "the writer goes on"));
    assertThat(ids(database)).containsExactly(2L);
  }

  @Test
  void aTransactionUndoneToResolveAConflictRunsAgain() {
    Database database = fixture.open(config);
    AtomicInteger runs = new AtomicInteger();

    await(
        database.write(session -> {
          session.update("INSERT INTO note (id) VALUES (1)");
          if (runs.incrementAndGet() == 1) {
            raiseDeadlock(session);
          }
          return true;
        }));

    assertThat(runs).hasValue(2);
    assertThat(ids(database)).containsExactly(1L);
  }

  @Test
  void replicasThatDeadlockBothSucceedInTheEnd() throws Exception {
    Database one = fixture.open(config);
    Database two = fixture.open(config);
    await(
        one.write(session ->
            session.update("INSERT INTO counter (name, value) VALUES ('a', 0), ('b', 0)")));
    CountDownLatch bothHaveOne = new CountDownLatch(2);

    Future<Boolean> ab = inOrder(one, "a", "b", bothHaveOne);
    Future<Boolean> ba = inOrder(two, "b", "a", bothHaveOne);

    await(Future.all(ab, ba));
    long sum =
        await(
            one.read(session ->
                session
                    .queryOne("SELECT sum(value) FROM counter", row -> row.getLong(1))
                    .orElseThrow()));
    assertThat(sum).isEqualTo(4);
  }

  @Test
  void worksThatConflictOnlyTogetherAreRunApart() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);
    AtomicLong transaction = new AtomicLong();

    Future<Integer> first =
        database.write(session -> {
          transaction.set(currentTransaction(session));
          return session.update("INSERT INTO note (id) VALUES (1)");
        });
    Future<Integer> second =
        database.write(session -> {
          if (currentTransaction(session) == transaction.get()) {
            raiseDeadlock(session);
          }
          return session.update("INSERT INTO note (id) VALUES (2)");
        });
    release.countDown();

    await(first);
    await(second);
    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void aWorkThatConflictsEachTimeFailsAloneAndInTheEnd() throws Exception {
    Database database = fixture.open(config);
    CountDownLatch release = hold(database);

    Future<Integer> innocent = insert(database, 1, "innocent");
    Future<Boolean> unlucky =
        database.write(session -> {
          raiseDeadlock(session);
          return true;
        });
    release.countDown();

    assertThat(fault(unlucky).code()).isEqualTo(ErrorCode.STORAGE);
    await(innocent);
    assertThat(ids(database)).containsExactly(1L);
  }

  private static long currentTransaction(Session session) {
    return session.queryOne("SELECT txid_current() AS id", row -> row.getLong("id")).orElseThrow();
  }

  private static void raiseDeadlock(Session session) {
    session.update("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$");
  }

  private static Future<Boolean> inOrder(
      Database database, String first, String second, CountDownLatch bothHaveOne) {
    return database.write(session -> {
      session.update("UPDATE counter SET value = value + 1 WHERE name = ?", first);
      bothHaveOne.countDown();
      bothHaveOne.await();
      session.update("UPDATE counter SET value = value + 1 WHERE name = ?", second);
      return true;
    });
  }

  @Test
  void aStatementThatTakesTooLongFailsItsCallerAlone() throws Exception {
    Database database = fixture.open(settings.with("statement-timeout", "2s").config());
    CountDownLatch release = hold(database);
    Future<Integer> before = insert(database, 1, "before");
    AtomicInteger attempts = new AtomicInteger();
    Future<?> slow =
        database.write(session -> {
          attempts.incrementAndGet();
          return session.query("SELECT pg_sleep(30)", row -> row.getString(1));
        });
    Future<Integer> after = insert(database, 2, "after");

    release.countDown();

    assertThat(fault(slow).code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(attempts).hasValue(1);
    await(before);
    await(after);
    assertThat(ids(database)).containsExactly(1L, 2L);
  }

  @Test
  void aStatementThatTakesLongerThanItsWriteMayWaitSaysThatItWasTheStatement() {
    Database database = fixture.open(settings.with("statement-timeout", "6s").config());

    Future<?> slow =
        database.write(session -> session.query("SELECT pg_sleep(30)", row -> row.getString(1)));

    assertThat(fault(slow).code()).isEqualTo(ErrorCode.STORAGE);
  }

  @Test
  void aServerThatIsNotThereIsAFaultThatNamesTheService() {
    StorageConfig nowhere =
        StorageConfig.of(
            Map.of("url", "jdbc:postgresql://127.0.0.1:1/x", "user", "u", "password", "p"));

    Future<Database> opening =
        Database.open(fixture.vertx(), nowhere, directory, "sample", "sample-service");

    assertThat(fault(opening))
        .hasMessageContaining("sample")
        .satisfies(fault -> assertThat(fault.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
  }

  @Test
  void thePasswordIsNeverShown() {
    StorageConfig secret =
        StorageConfig.of(
            Map.of(
                "url", "jdbc:postgresql://127.0.0.1:1/x", "user", "u", "password", "s3cret-word"));

    Throwable failure =
        failure(Database.open(fixture.vertx(), secret, directory, "sample", "sample-service"));

    assertThat(secret.toString()).doesNotContain("s3cret-word");
    assertThat(failure).hasMessageNotContaining("s3cret-word");
  }

  @Test
  void eachServiceHasASchemaOfItsOwn() throws Exception {
    Database sample = fixture.open(config);
    Database other =
        await(Database.open(fixture.vertx(), config, directory, "other", "other-service"));
    await(insert(sample, 1, "in sample"));

    long notesOfOther =
        await(
            other.read(session ->
                session
                    .queryOne(
                        "SELECT count(*) FROM information_schema.tables"
                            + " WHERE table_schema = 'other' AND table_name = 'note'",
                        row -> row.getLong(1))
                    .orElseThrow()));

    assertThat(notesOfOther).isZero();
    await(other.close());
  }
}
